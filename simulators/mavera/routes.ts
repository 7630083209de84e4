import { focusGroupRoutes } from './resources/focusGroups.ts';
import { maveChatRoutes } from './resources/maveChat.ts';
import { maveThreadRoutes } from './resources/maveThreads.ts';
import { personaRoutes } from './resources/personas.ts';
import { responseRoutes } from './resources/responses.ts';
import { usageRoutes } from './resources/usage.ts';
import { workspaceRoutes } from './resources/workspaces.ts';
import type { Route } from './route.ts';

/** All routes of the simulator; a new resource is a new file and a line here. */
export const routes: readonly Route[] = [
  ...personaRoutes,
  ...maveChatRoutes,
  ...maveThreadRoutes,
  ...responseRoutes,
  ...focusGroupRoutes,
  ...usageRoutes,
  ...workspaceRoutes,
];
