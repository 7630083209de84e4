import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { readHistory } from './runHistory.ts';
import { judgeRun, type RunOwnership, toRunState } from './runState.ts';
import type { CreditReservation, RunEnd, RunSoFar, TakenRun } from './runTransitions.ts';

type Item = Readonly<Record<string, AttributeValue>>;

/** What the item of a run means to the delivery that was not let to take it. */
export function notTaken(item: Item, owner: string, nowMs: number): TakenRun {
  const found = runOwnership(item);
  switch (judgeRun(found, owner, nowMs)) {
    case 'mine':
      return { kind: 'taken', ...soFar(item) };
    case 'finished':
      return { kind: 'finished', ...foundEnd(item), end: runEnd(item) };
    default:
      return { kind: 'busy', leaseUntilMs: found.leaseUntilMs };
  }
}

/** How a run has ended, as far as it has, and whether that was reported to Segment. */
export interface FoundEnd {
  /** Absent while it has not ended. */
  readonly end?: RunEnd | undefined;
  readonly finishedAtMs: number;
  readonly isReported: boolean;
}

/** The end of the run in an item. */
export function foundEnd(item: Item): FoundEnd {
  const state = toRunState(item.state?.S);
  return {
    end: state === 'waiting' || state === 'calling' ? undefined : runEnd(item),
    finishedAtMs: numberOf(item.updatedAtMs) ?? 0,
    isReported: item.segmentReport?.S === 'sent',
  };
}

/** What the item of a run, as it was before it was taken, says of earlier deliveries. */
export function soFar(item: Item): RunSoFar {
  const pendingId = item.pending?.S;
  return {
    attempts: numberOf(item.attempts) ?? 0,
    notBeforeMs: numberOf(item.notBeforeMs) ?? 0,
    lostCallAtMs: numberOf(item.lostCallAtMs),
    creditReservation: creditReservation(item),
    pending:
      pendingId === undefined ? undefined : { id: pendingId, sinceMs: numberOf(item.pendingSinceMs) ?? 0 },
    collection: joinedCollection(item),
    collected: numberOf(item.collected),
    detailsKept: item.detailsKept?.N === '2' ? 2 : item.detailsKept?.N === '1' ? 1 : 0,
    history: readHistory(item.history?.S),
  };
}

function joinedCollection({ collection, collectionKey }: Item): RunSoFar['collection'] {
  return collection?.S === undefined ? undefined : { id: collection.S, key: collectionKey?.S ?? '' };
}

function creditReservation({ creditsReserved, budgets }: Item): CreditReservation | undefined {
  const credits = numberOf(creditsReserved);
  return credits === undefined ? undefined : { credits, budgets: [...(budgets?.SS ?? [])].sort() };
}

function runEnd(item: Item): RunEnd {
  const state = item.state?.S;
  return {
    state: state === 'done' || state === 'skipped' ? state : 'failed',
    reason: item.reason?.S,
    detail: item.detail?.S,
    creditsUsed: numberOf(item.creditsUsed),
    result: item.result?.S,
  };
}

function runOwnership(item: Item): RunOwnership {
  return {
    state: toRunState(item.state?.S),
    owner: item.owner?.S ?? '',
    leaseUntilMs: numberOf(item.leaseUntilMs) ?? 0,
  };
}

function numberOf(attribute: AttributeValue | undefined): number | undefined {
  return attribute?.N === undefined ? undefined : Number(attribute.N);
}
