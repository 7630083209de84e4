import { type BreakerState, breakerKey, readBreaker } from './breakerState.ts';
import { callsUnderWay, capKey } from './caps.ts';
import type { LedgerTable } from './ledgerTable.ts';
import { type OperatorSettings, operatorSettingsKey, readOperatorSettings } from './operatorSettings.ts';
import { heldUntilMs, paceKey } from './pace.ts';
import { type KnownUsage, readUsage, usageKey } from './usage.ts';

/** What all environments share and a run goes by, as it was when the run was taken. */
export interface SharedState {
  readonly operator: OperatorSettings;
  readonly breaker: BreakerState;
  /** `undefined`: it was never read. */
  readonly usage: KnownUsage | undefined;
  /** Until when Mavera has asked all callers to wait; 0 when it has not. */
  readonly paceHeldUntilMs: number;
  /** Other runs whose calls of the same kind are under way. */
  readonly callsUnderWay: number;
  /** Credits spent or reserved, by the keys of the budgets that were asked for. */
  readonly committedCredits: ReadonlyMap<string, number>;
}

/** What a run asks about. */
export interface SharedStateOptions {
  /** The kind of action whose calls are counted, without those of `runId`. */
  readonly action: string;
  readonly runId: string;
  readonly budgetKeys: readonly string[];
  readonly nowMs: number;
}

/**
 * Reads the shared state, in one call.
 *
 * @throws what the AWS SDK throws when the ledger does not answer
 */
export async function readSharedState(
  table: LedgerTable,
  { action, runId, budgetKeys, nowMs }: SharedStateOptions,
): Promise<SharedState> {
  const capOfAction = capKey(action);
  const keys = [operatorSettingsKey, breakerKey, usageKey, paceKey, capOfAction, ...budgetKeys];
  const items = await table.read(keys);
  return {
    operator: readOperatorSettings(items.get(operatorSettingsKey)),
    breaker: readBreaker(items.get(breakerKey)),
    usage: readUsage(items.get(usageKey)),
    paceHeldUntilMs: heldUntilMs(items.get(paceKey)),
    callsUnderWay: callsUnderWay(items.get(capOfAction), runId, nowMs),
    committedCredits: new Map(
      budgetKeys.map((key) => [key, Number(items.get(key)?.committedCredits?.N ?? 0)]),
    ),
  };
}
