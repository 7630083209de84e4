import type { NewTrigger } from './newTrigger.ts';

/** What a new app begins with: triggers for events, or a recipe. */
export type Answers =
  | { readonly kind: 'events'; readonly triggers: readonly NewTrigger[] }
  | { readonly kind: 'recipe'; readonly recipe: string };
