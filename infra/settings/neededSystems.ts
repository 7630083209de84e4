import { declaredOperations } from '../../functions/access/grants.ts';
import type { System } from '../../functions/access/operation.ts';
import { type OperationName, operations } from '../../functions/access/operations.ts';
import { pullOperations } from '../../functions/pulls/pullOf.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';

/** The systems that the triggers' runs call. */
export function systemsOfRuns(triggers: readonly Trigger[]): ReadonlySet<System> {
  return systemsOf(triggers.flatMap(declaredOperations));
}

/** The systems that the triggers' pulls call. */
export function systemsOfPulls(triggers: readonly Trigger[]): ReadonlySet<System> {
  return systemsOf(triggers.flatMap(pullOperations));
}

function systemsOf(names: readonly OperationName[]): ReadonlySet<System> {
  return new Set(names.map((name) => operations[name].system));
}
