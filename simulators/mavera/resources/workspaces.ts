import type { ApiAnswer } from '../../http/reply.ts';
import type { Account } from '../account.ts';
import { notFound } from '../apiError.ts';
import { cutPage } from '../page.ts';
import type { ApiRequest, Route } from '../route.ts';
import { workspaceObject } from './workspace.ts';

/**
 * Workspaces, read-only. Source: API reference, "List workspaces", "Get a workspace". GUESS: reads cost no credits; the
 * filter by name is not here, because the reference does not show its name.
 */
export const workspaceRoutes: readonly Route[] = [
  { method: 'GET', path: '/workspaces', handle: listWorkspaces },
  { method: 'GET', path: '/workspaces/:id', handle: getWorkspace },
];

async function listWorkspaces({ query, takeTime }: ApiRequest, account: Account): Promise<ApiAnswer> {
  await takeTime('reads');
  return { status: 200, body: cutPage(account.workspaces.map(workspaceObject), query) };
}

async function getWorkspace({ params, takeTime }: ApiRequest, account: Account): Promise<ApiAnswer> {
  await takeTime('reads');
  const workspace = account.workspaces.find(({ id }) => id === params.id);
  if (workspace === undefined) {
    throw notFound('The workspace');
  }
  return { status: 200, body: workspaceObject(workspace) };
}
