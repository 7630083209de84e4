import type { AccountUsage } from '../mavera/accountUsage.ts';
import { callsUnderWay, capKey } from './caps.ts';
import type { LedgerItem, LedgerTable } from './ledgerTable.ts';
import { heldUntilMs, paceKey } from './pace.ts';

/** What all environments share and a run goes by, as it was when the run was taken. */
export interface SharedState {
  readonly operator: OperatorSettings;
  readonly breaker: BreakerState;
  /** `undefined`: it was never read. */
  readonly usage: KnownUsage | undefined;
  /** Until when Mavera has asked all callers to wait; 0 when it has not. */
  readonly paceHeldUntilMs: number;
  /** The next slot that nobody has; 0 when none was given out yet. It may be in the past. */
  readonly nextSlotAtMs: number;
  readonly dispatcher: DispatcherView;
  /** Other runs whose calls of the same kind are under way. */
  readonly callsUnderWay: number;
  /** Credits spent or reserved, by the keys of the budgets that were asked for. */
  readonly committedCredits: ReadonlyMap<string, number>;
}

/** What a run asks about. */
export interface SharedStateOptions {
  /** The kind of action whose calls are counted, without those of `runId`. @default none are */
  readonly action?: string | undefined;
  readonly runId: string;
  readonly budgetKeys: readonly string[];
  /**
   * It may be as it was a moment ago, which costs half. A run can do with that: its writes have conditions for slots, places and
   * credits, and if it misses a pause by a second, it is as if it had begun before. @default false
   */
  readonly mayBeLate?: boolean | undefined;
  readonly nowMs: number;
}

/**
 * Reads the shared state, in one call.
 *
 * @throws what the AWS SDK throws when the ledger does not answer
 */
export async function readSharedState(
  table: LedgerTable,
  { action, runId, budgetKeys, mayBeLate = false, nowMs }: SharedStateOptions,
): Promise<SharedState> {
  const capOfAction = action === undefined ? undefined : capKey(action);
  const keys = [
    operatorSettingsKey,
    breakerKey,
    usageKey,
    paceKey,
    dispatcherKey,
    ...(capOfAction === undefined ? [] : [capOfAction]),
    ...budgetKeys,
  ];
  const items = await (mayBeLate ? table.readRecent(keys) : table.read(keys));
  return {
    operator: readOperatorSettings(items.get(operatorSettingsKey)),
    breaker: readBreaker(items.get(breakerKey)),
    usage: readUsage(items.get(usageKey)),
    paceHeldUntilMs: heldUntilMs(items.get(paceKey)),
    nextSlotAtMs: Number(items.get(paceKey)?.nextSlotAtMs?.N ?? 0),
    dispatcher: dispatcherView(items.get(dispatcherKey)),
    callsUnderWay: callsUnderWay(items.get(capOfAction ?? ''), runId, nowMs),
    committedCredits: new Map(
      budgetKeys.map((key) => [key, Number(items.get(key)?.committedCredits?.N ?? 0)]),
    ),
  };
}

/** Reads what all runs share, without the calls of an action and without budgets. */
export function readSharedOfAll(table: LedgerTable, nowMs: number): Promise<SharedState> {
  return readSharedState(table, { runId: '', budgetKeys: [], mayBeLate: true, nowMs });
}

/** Stands for all triggers together. */
export const allTriggers = '*';

/** Key of the item with what operators have set. */
export const operatorSettingsKey = 'operator#settings';

/** What operators have set while the system runs; it goes before the triggers file and the stack's settings. */
export interface OperatorSettings {
  /** Since when a trigger, or `*`, is paused, in epoch milliseconds. */
  readonly pausedSinceMs: ReadonlyMap<string, number>;
  /** Credits of the budget of a trigger, or of `*`, in place of the configured ones. */
  readonly budgetCredits: ReadonlyMap<string, number>;
}

/** Before the name of a trigger: what is set for it. */
export const pausedPrefix = 'paused#';
export const budgetPrefix = 'budget#';

/**
 * Reads the item `operator#settings`; without it nothing is set. A pause with a non-numeric value counts from the
 * beginning; such a budget is ignored.
 */
export function readOperatorSettings(item: LedgerItem = {}): OperatorSettings {
  const paused = settings(item, pausedPrefix).map(([trigger, sinceMs = 0]) => [trigger, sinceMs] as const);
  const budgets = settings(item, budgetPrefix).flatMap(([trigger, credits]) =>
    credits === undefined ? [] : [[trigger, credits] as const],
  );
  return { pausedSinceMs: new Map(paused), budgetCredits: new Map(budgets) };
}

/** `undefined` for a non-numeric value, which was written by hand. */
function settings(item: LedgerItem, prefix: string): readonly (readonly [string, number | undefined])[] {
  return Object.entries(item)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, { N }]) => [name.slice(prefix.length), N === undefined ? undefined : Number(N)]);
}

/** Key of the breaker in front of Mavera. */
export const breakerKey = 'breaker#mavera';

/** The breaker as the ledger has it; all 0 and empty while it is closed and no call has failed. */
export interface BreakerState {
  /** Failures of Mavera in a row. */
  readonly failures: number;
  /** Until when no run calls; 0 while it is closed. After that one run at a time may probe. */
  readonly openUntilMs: number;
  /** How often it has opened in a row. */
  readonly opens: number;
  readonly reason: string;
  /** The run that probes, and until when other runs wait for what it learns. */
  readonly probe: string;
  readonly probeUntilMs: number;
}

/** Reads the item `breaker#mavera`. */
export function readBreaker(item: LedgerItem = {}): BreakerState {
  return {
    failures: Number(item.failures?.N ?? 0),
    openUntilMs: Number(item.openUntilMs?.N ?? 0),
    opens: Number(item.opens?.N ?? 0),
    reason: item.reason?.S ?? '',
    probe: item.probe?.S ?? '',
    probeUntilMs: Number(item.probeUntilMs?.N ?? 0),
  };
}

/** Key of what Mavera said of the account. */
export const usageKey = 'usage#mavera';

/** The account's usage as it was last read. */
export interface KnownUsage extends AccountUsage {
  readonly readAtMs: number;
}

/** Reads the item `usage#mavera`; `undefined` when usage was never read. */
export function readUsage(item: LedgerItem | undefined): KnownUsage | undefined {
  return item?.readAtMs?.N === undefined
    ? undefined
    : {
        creditsRemaining: Number(item.creditsRemaining?.N ?? 0),
        creditsIncluded: Number(item.creditsIncluded?.N ?? 0),
        autoRecharge: item.autoRecharge?.N === '1',
        requestsPerMinute:
          item.requestsPerMinute?.N === undefined ? undefined : Number(item.requestsPerMinute.N),
        readAtMs: Number(item.readAtMs.N),
      };
}

/** Key of the dispatcher's lease, and of what admission goes by. All runs read it, so it stays small. */
export const dispatcherKey = 'dispatcher';

/** If the dispatcher has not finished a pass for so long, nothing is parked: it may be missing, or rolled back. */
const dispatcherLifetimeMs = 3 * 60_000;
const readyQueueLastsMs = 60 * 60_000;

/** What admission has to know of the dispatcher, as it was when the shared state was read. */
export interface DispatcherView {
  /** When it last finished a pass; 0 when it never did. */
  readonly aliveAtMs: number;
  /** Lanes in which runs are parked, as far as is known. */
  readonly waiting: ReadonlySet<string>;
  /** Until when free slots are left to runs that are parked. */
  readonly slotsWantedUntilMs: number;
  /** Until when an operator lets no run be parked; 0 when none does. */
  readonly parkingOffUntilMs: number;
}

/** A dispatcher that has never been there. */
export const noDispatcher: DispatcherView = {
  aliveAtMs: 0,
  waiting: new Set(),
  slotsWantedUntilMs: 0,
  parkingOffUntilMs: 0,
};

/** Reads the item `dispatcher`. */
export function dispatcherView(item: LedgerItem = {}): DispatcherView {
  return {
    aliveAtMs: Number(item.aliveAtMs?.N ?? 0),
    waiting: new Set(item.waiting?.SS),
    slotsWantedUntilMs: Number(item.slotsWantedUntilMs?.N ?? 0),
    parkingOffUntilMs: Number(item.parkingOffUntilMs?.N ?? 0),
  };
}

/**
 * Whether the ready queue is in use. Before the first pass of a dispatcher, the deployment that brings both may not have
 * connected that queue. It may be rolled back, so nothing is put there. The same holds while an operator puts all back into
 * the run queue, and when the dispatcher is gone for an hour.
 */
export function usesReadyQueue({ aliveAtMs, parkingOffUntilMs }: DispatcherView, nowMs: number): boolean {
  return nowMs - aliveAtMs <= readyQueueLastsMs && parkingOffUntilMs <= nowMs;
}

/** Whether a run may be parked: the dispatcher is alive, and no operator stops it. */
export function mayPark({ aliveAtMs, parkingOffUntilMs }: DispatcherView, nowMs: number): boolean {
  return nowMs - aliveAtMs <= dispatcherLifetimeMs && parkingOffUntilMs <= nowMs;
}
