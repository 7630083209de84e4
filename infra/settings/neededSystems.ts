import { declaredOperations } from '../../functions/access/grants.ts';
import type { System } from '../../functions/access/operation.ts';
import { operations } from '../../functions/access/operations.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';

/** The systems that the triggers' runs call. */
export function neededSystems(triggers: readonly Trigger[]): ReadonlySet<System> {
  return new Set(triggers.flatMap(declaredOperations).map((name) => operations[name].system));
}
