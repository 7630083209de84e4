import type { SystemRequest } from '../../systems/systemClient.ts';
import type { Action, ActionKind } from '../../triggers/actions.ts';
import type { ActionPerformer } from './actionPerformer.ts';
import { askMavePerformer } from './askMavePerformer.ts';
import { createPersonaPerformer } from './createPersonaPerformer.ts';
import { respondAsPerformer } from './respondAsPerformer.ts';
import { runFocusGroupPerformer } from './runFocusGroupPerformer.ts';
import { updatePersonaPerformer } from './updatePersonaPerformer.ts';

const performers: { readonly [Kind in ActionKind]: ActionPerformer<Extract<Action, { kind: Kind }>> } = {
  askMave: askMavePerformer,
  createPersona: createPersonaPerformer,
  updatePersona: updatePersonaPerformer,
  respondAs: respondAsPerformer,
  runFocusGroup: runFocusGroupPerformer,
};

/**
 * Finds the performer of an action. Give it that action only.
 *
 * @returns `undefined` for a kind that this version does not know
 */
export function performerOf({ kind }: Action): ActionPerformer | undefined {
  return Object.hasOwn(performers, kind) ? (performers[kind] as unknown as ActionPerformer) : undefined;
}

/** The performer whose request this is: a trigger may have been changed or removed since it was sent. */
export function performerOfRequest({ method, path }: SystemRequest): ActionPerformer | undefined {
  const kind = sentBy.find(([pattern]) => pattern.test(`${method} ${path}`))?.[1];
  return kind === undefined ? undefined : (performers[kind] as unknown as ActionPerformer);
}

const sentBy: readonly (readonly [RegExp, ActionKind])[] = [
  [/^POST \/mave\/chat$/, 'askMave'],
  [/^POST \/personas$/, 'createPersona'],
  [/^PATCH \/personas\/[^/]+$/, 'updatePersona'],
  [/^POST \/responses$/, 'respondAs'],
  [/^POST \/focus-groups$/, 'runFocusGroup'],
];
