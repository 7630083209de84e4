import { createHash } from 'node:crypto';
import type { StateMark } from '../ledger/pullCursor.ts';
import type { Told } from '../pulls/pull.ts';

/** What is known of the states of a pull after a step. */
export interface MarkedState {
  readonly mark?: StateMark;
  /** Why the pull cannot go on: its states go in a circle. */
  readonly circle?: string;
}

/**
 * Looks whether the states of a pull go in a circle, in a memory of one state (Brent's algorithm): each state is compared with one
 * of before, and after 1, 2, 4, … steps a later state takes its place. A circle of any length is found within about three times
 * its length.
 *
 * A wait begins it again: a pull may wait for something, and look at it in the same state each time.
 *
 * @param told what a step has told
 * @param version of the step that will be given its state
 */
export function markState(
  mark: StateMark | undefined,
  { next, waitMs = 0 }: Told<unknown>,
  version: number,
): MarkedState {
  if (next === undefined) {
    return {};
  }
  const digest = createHash('sha256').update(JSON.stringify(next)).digest('base64url');
  if (mark === undefined || waitMs > 0) {
    return { mark: { digest, version, steps: 1 } };
  }
  const steps = version - mark.version;
  if (digest === mark.digest) {
    return { circle: circleSentence(steps) };
  }
  return { mark: steps < mark.steps ? mark : { digest, version, steps: mark.steps * 2 } };
}

/** Why an occurrence fails whose states go in a circle. */
function circleSentence(steps: number): string {
  return steps === 1
    ? 'The pull cannot go on: its `next` is the state that the step was given, without waitMs, so it would never end'
    : `The pull cannot go on: its \`next\` is the state of ${steps} steps ago, without waitMs, so it would never end`;
}
