import type { OperationName } from '../access/operations.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { Pull } from './pull.ts';
import type { Every } from './schedule.ts';

/** A pull of a trigger: its origin, or what catches up with its source. */
export interface TriggerPull {
  readonly trigger: Trigger;
  readonly pull: Pull;
  readonly every: Every;
  /** `catchUp`: its events enter as if the source had posted them. */
  readonly as: 'origin' | 'catchUp';
}

/** The pull of a trigger; `undefined` when it has none. */
export function pullOf(trigger: Trigger): TriggerPull | undefined {
  const { from, every, catchUp } = trigger;
  if (from !== undefined && every !== undefined) {
    return { trigger, pull: from, every, as: 'origin' };
  }
  return catchUp === undefined
    ? undefined
    : { trigger, pull: catchUp.from, every: catchUp.every, as: 'catchUp' };
}

/** Who calls for a pull. It bears the name of its trigger. */
export function pullAgent({ name }: Pick<Trigger, 'name'>): `pull/${string}` {
  return `pull/${name}`;
}

/** The operations that the pull of a trigger needs, and no others; none without a pull. */
export function pullOperations(trigger: Trigger): readonly OperationName[] {
  return [...new Set(pullOf(trigger)?.pull.operations)];
}
