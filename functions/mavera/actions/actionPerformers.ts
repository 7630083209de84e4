import type { ActionPerformer } from './actionPerformer.ts';
import { askMavePerformer } from './askMavePerformer.ts';
import { createPersonaPerformer } from './createPersonaPerformer.ts';

const performers: readonly ActionPerformer[] = [askMavePerformer, createPersonaPerformer];

/** The performer of a kind of action, by `kind`. */
export const actionPerformers: ReadonlyMap<string, ActionPerformer> = new Map(
  performers.map((performer) => [performer.kind, performer]),
);
