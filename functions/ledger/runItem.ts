import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import type { ReportDestination } from '../queue/runMessage.ts';
import type { CreditReservation } from './budgets.ts';
import { type Decision, readDecision } from './decision.ts';
import type { LedgerItem } from './ledgerTable.ts';
import { judgeRun, type RunOwnership, toRunState } from './runState.ts';

/** How much of a run was kept for people to look at: 0 nothing, 1 its events, 2 its request as well. */
export type DetailsKept = 0 | 1 | 2;

/** What earlier deliveries of a run have left. */
export interface RunSoFar {
  /** Calls made that count. */
  readonly attempts: number;
  /** How many deliveries have died (crashed or timed out) and so left their lease behind, this time included. */
  readonly crashes: number;
  /** How often the run has been parked; it grows as long as the run exists. */
  readonly parkings: number;
  /** The run had to wait until then; 0 when it did not have to. */
  readonly notBeforeMs: number;
  /** Its deadline when it last waited or was redriven; absent in a new run. */
  readonly deadlineAtMs?: number | undefined;
  /** Start of a call whose answer did not arrive, in epoch milliseconds: the work may be done. */
  readonly lostCallAtMs?: number | undefined;
  readonly creditReservation?: CreditReservation | undefined;
  /** Work that Mavera has taken on and not finished, and since when. */
  readonly pending?: { readonly id: string; readonly sinceMs: number } | undefined;
  /** How far the search for a lost answer got, as JSON. */
  readonly recovery?: string | undefined;
  /** The collection that it has joined. */
  readonly collection?: { readonly id: string; readonly key: string } | undefined;
  /** Number of the collected events, when this run has closed the collection. */
  readonly collected?: number | undefined;
  /** The nonce of its last redrive. */
  readonly redrive?: string | undefined;
  /** What an operator has decided about it, since its last redrive. */
  readonly approval?: Decision | undefined;
  readonly detailsKept: DetailsKept;
  /** Of the request that was kept; absent in items of a release before 0.2. */
  readonly requestDigest?: string | undefined;
  /** JSON of the keys that were computed at its admission. */
  readonly keys?: string | undefined;
  readonly history: readonly HistoryEntry[];
}

/** A run's end. */
export interface RunEnd {
  readonly state: 'done' | 'failed' | 'skipped';
  /** One of a few words, e.g. `expired`; for what is not `done`. */
  readonly reason?: string | undefined;
  /** A sentence for people; may quote the customer's event. */
  readonly detail?: string | undefined;
  readonly creditsUsed?: number | undefined;
  /** JSON. */
  readonly result?: string | undefined;
}

/** `finished`: there is nothing more to do; `busy`: another delivery has the lease. */
export type TakenRun =
  | ({ readonly kind: 'taken' } & RunSoFar)
  | {
      readonly kind: 'finished';
      readonly end: RunEnd;
      readonly finishedAtMs: number;
      /** The nonce of its last redrive. */
      readonly redrive?: string | undefined;
      readonly reported: ReportedTo;
    }
  | { readonly kind: 'busy'; readonly leaseUntilMs: number };

/** What the run item means to the delivery that could not take the run. */
export function notTaken(item: LedgerItem, owner: string, nowMs: number): TakenRun {
  const found = runOwnership(item);
  switch (judgeRun(found, owner, nowMs)) {
    case 'mine':
      return { kind: 'taken', ...soFar(item, true) };
    case 'finished':
      return { kind: 'finished', ...foundEnd(item), end: runEnd(item) };
    default:
      return { kind: 'busy', leaseUntilMs: found.leaseUntilMs };
  }
}

/** Where a run's result has arrived. */
export type ReportedTo = Readonly<Record<ReportDestination, boolean>>;

/** Whether and how a run has ended, and where its result was reported to. */
export interface FoundEnd {
  /** Absent while it has not ended. */
  readonly end?: RunEnd | undefined;
  readonly finishedAtMs: number;
  /** The nonce of its last redrive. */
  readonly redrive?: string | undefined;
  readonly reported: ReportedTo;
}

/** Reads a run's end from its item. */
export function foundEnd(item: LedgerItem): FoundEnd {
  const state = toRunState(item.state?.S);
  return {
    end: state === 'waiting' || state === 'calling' ? undefined : runEnd(item),
    finishedAtMs: numberOf(item.updatedAtMs) ?? 0,
    redrive: item.redrive?.S,
    reported: { segment: item.segmentReport?.S === 'sent', segops: item.segopsReport?.S === 'sent' },
  };
}

/** Reads what earlier deliveries have left from the run item as it was before the run was taken. */
export function soFar(item: LedgerItem, isOwn: boolean = false): RunSoFar {
  const pendingId = item.pending?.S;
  return {
    attempts: numberOf(item.attempts) ?? 0,
    // A lease that was not given back means a delivery that died; this delivery's own lease does not count.
    crashes: (numberOf(item.crashes) ?? 0) + (!isOwn && (numberOf(item.leaseUntilMs) ?? 0) > 0 ? 1 : 0),
    parkings: numberOf(item.parkings) ?? 0,
    notBeforeMs: numberOf(item.notBeforeMs) ?? 0,
    deadlineAtMs: numberOf(item.deadlineAtMs),
    lostCallAtMs: numberOf(item.lostCallAtMs),
    creditReservation: creditReservation(item),
    pending:
      pendingId === undefined ? undefined : { id: pendingId, sinceMs: numberOf(item.pendingSinceMs) ?? 0 },
    recovery: item.recovery?.S,
    collection: joinedCollection(item),
    collected: numberOf(item.collected),
    redrive: item.redrive?.S,
    approval: item.approval === undefined ? undefined : readDecision(item.approval.S, item.redrive?.S),
    detailsKept: item.detailsKept?.N === '2' ? 2 : item.detailsKept?.N === '1' ? 1 : 0,
    requestDigest: item.requestDigest?.S,
    keys: item.keys?.S,
    history: readHistory(item.history?.S),
  };
}

function joinedCollection({ collection, collectionKey }: LedgerItem): RunSoFar['collection'] {
  return collection?.S === undefined ? undefined : { id: collection.S, key: collectionKey?.S ?? '' };
}

function creditReservation({ creditsReserved, budgets }: LedgerItem): CreditReservation | undefined {
  const credits = numberOf(creditsReserved);
  return credits === undefined ? undefined : { credits, budgets: [...(budgets?.SS ?? [])].sort() };
}

function runEnd(item: LedgerItem): RunEnd {
  const state = item.state?.S;
  return {
    state: state === 'done' || state === 'skipped' ? state : 'failed',
    reason: item.reason?.S,
    detail: item.detail?.S,
    creditsUsed: numberOf(item.creditsUsed),
    result: item.result?.S,
  };
}

function runOwnership(item: LedgerItem): RunOwnership {
  return {
    state: toRunState(item.state?.S),
    owner: item.owner?.S ?? '',
    leaseUntilMs: numberOf(item.leaseUntilMs) ?? 0,
  };
}

function numberOf(attribute: AttributeValue | undefined): number | undefined {
  return attribute?.N === undefined ? undefined : Number(attribute.N);
}

/**
 * How many keys of the index `RunsByDay` the runs of a day share. DynamoDB takes 1,000 writes a second for one key, and
 * throttles the table itself when its index cannot follow. Before this number changes, readers must know both numbers.
 */
const shards = 8;

/** The UTC day of a time: `2026-11-21`. */
export function utcDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/**
 * The attribute `day` of a run item: its UTC day and one of eight shards, e.g. `2026-11-21#3`. It depends on the run alone,
 * so every delivery writes the same value.
 *
 * @param runId 40 hex characters of a digest
 */
export function dayOf(runId: string, receivedAtMs: number): string {
  return shardedDay(utcDay(receivedAtMs), shardOf(runId, shards));
}

/**
 * All values of `day` that runs of a UTC day may have: the shards, and the plain day that releases up to 0.2.0 wrote. The
 * plain day comes last, because a run that was taken again since has a shard.
 *
 * @param runIdPrefix the beginning of the ids that are searched, if they have one in common: they have one shard
 */
export function dayKeys(day: string, runIdPrefix = ''): readonly string[] {
  const searched =
    runIdPrefix === ''
      ? Array.from({ length: shards }, (_none, shard) => shard)
      : [shardOf(runIdPrefix, shards)];
  return [...searched.map((shard) => shardedDay(day, shard)), day];
}

function shardedDay(day: string, shard: number): string {
  return `${day}#${shard}`;
}

/**
 * Which of the keys that runs share in an index has this run. The first hex digit decides: in a digest each of its 16
 * values is equally frequent.
 *
 * @param runId 40 hex characters of a digest, or their beginning
 */
export function shardOf(runId: string, shards: number): number {
  return Number.parseInt(runId.slice(0, 1), 16) % shards;
}

/** Entries that a run item keeps; a longer history loses its middle. */
const maxEntries = 40;

const entrySchema = z.object({
  atMs: z.number(),
  what: z.enum([
    'taken',
    'waits',
    'calls',
    'answered',
    'recovered',
    'done',
    'failed',
    'skipped',
    'redriven',
    'reported',
    'approved',
    'denied',
    'cancelled',
  ]),
  reason: z.optional(z.string()),
  untilMs: z.optional(z.number()),
  times: z.optional(z.number()),
  lastAtMs: z.optional(z.number()),
  by: z.optional(z.string()),
});

/** One thing that happened to a run. Times are epoch milliseconds. */
export interface HistoryEntry {
  readonly atMs: number;
  readonly what: z.infer<typeof entrySchema>['what'];
  readonly reason?: string | undefined;
  /** Until when it waits. */
  readonly untilMs?: number | undefined;
  /** How often in a row, the last time at `lastAtMs`; absent for once. */
  readonly times?: number | undefined;
  readonly lastAtMs?: number | undefined;
  /** Who decided: `approved`, `denied` or `cancelled`. */
  readonly by?: string | undefined;
}

/** Adds what happened. A wait for the same reason as the entry before it is counted in that entry. */
export function addToHistory(history: readonly HistoryEntry[], entry: HistoryEntry): readonly HistoryEntry[] {
  const last = history.at(-1);
  if (last !== undefined && last.what === 'waits' && entry.what === 'waits' && last.reason === entry.reason) {
    const { untilMs, atMs: lastAtMs } = entry;
    return [...history.slice(0, -1), { ...last, untilMs, lastAtMs, times: (last.times ?? 1) + 1 }];
  }
  const longer = [...history, entry];
  const half = maxEntries / 2;
  return longer.length > maxEntries ? [...longer.slice(0, half), ...longer.slice(-half)] : longer;
}

/** Reads the attribute `history` of a run item. Entries that this version does not know are left out. */
export function readHistory(json: string | undefined): readonly HistoryEntry[] {
  try {
    const entries: unknown = JSON.parse(json ?? '[]');
    return (Array.isArray(entries) ? entries : []).flatMap((entry) => {
      const result = entrySchema.safeParse(entry);
      return result.success ? [result.data] : [];
    });
  } catch {
    return [];
  }
}
