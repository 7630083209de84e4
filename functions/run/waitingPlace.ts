import { approvalLane, notBeforeLane } from '../ledger/parkedIndex.ts';
import { type DispatcherView, mayPark, usesReadyQueue } from '../ledger/sharedState.ts';
import type { RunMessage } from '../queue/runMessage.ts';
import { sentAtMs } from '../sources/segment/event.ts';
import { durationMs } from '../triggers/duration.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { Reason } from './reasons.ts';
import type { Wait } from './runOutcome.ts';

/** The longest wait with a known end that a run spends in the ready queue. A longer one is parked. */
const longestQueuedWaitMs = 2 * 60_000;

/**
 * Waits whose end is not known: for a slot, a budget, an operator, or Mavera. The dispatcher knows why a trigger's runs
 * wait, and when they go on.
 */
const inLaneOfTrigger: ReadonlySet<Reason> = new Set<Reason>([
  'paused',
  'trigger_paused',
  'budget_spent',
  'overall_budget_spent',
  'credits_low',
  'breaker_open',
  'breaker_probing',
  'concurrency',
  'pace_full',
  'api_key_unavailable',
]);

/** Where a run waits: in a queue of SQS, or parked in a lane of the ledger, in its order. */
export type WaitingPlace =
  | { readonly kind: 'queued'; readonly queue: 'ready' | 'intake' }
  | { readonly kind: 'parked'; readonly lane: string; readonly orderMs: number };

/**
 * Decides where a run waits. Without a dispatcher nothing is parked: the run comes back through a queue and asks again. It
 * keeps its place in its trigger's lane however often it is parked.
 *
 * @param dispatcher `undefined` if the shared state was not read: the run was not looked at yet
 */
export function waitingPlace(
  { reason, untilMs, slotAtMs }: Wait,
  { trigger, receivedAtMs }: Pick<RunMessage, 'trigger' | 'receivedAtMs'>,
  dispatcher: DispatcherView | undefined,
  nowMs: number,
): WaitingPlace {
  if (dispatcher === undefined) {
    return { kind: 'queued', queue: 'ready' };
  }
  const isParkable = mayPark(dispatcher, nowMs);
  if (reason === 'approval') {
    return isParkable
      ? { kind: 'parked', lane: approvalLane, orderMs: receivedAtMs }
      : { kind: 'queued', queue: 'intake' };
  }
  if (slotAtMs === undefined && inLaneOfTrigger.has(reason)) {
    return isParkable
      ? { kind: 'parked', lane: trigger, orderMs: receivedAtMs }
      : { kind: 'queued', queue: 'intake' };
  }
  return slotAtMs === undefined && isParkable && untilMs - nowMs > longestQueuedWaitMs
    ? { kind: 'parked', lane: notBeforeLane, orderMs: untilMs }
    : { kind: 'queued', queue: usesReadyQueue(dispatcher, nowMs) ? 'ready' : 'intake' };
}

/**
 * When a parked run goes to the runner in any case, to be ended there: at its deadline, or when its event is older than its
 * trigger allows. Work that has begun is not ended because of its event's age.
 */
export function endsAtMs(
  { event, receivedAtMs, deadlineAtMs, redrive, after }: RunMessage,
  staleAfter: Trigger['staleAfter'],
  hasBegun: boolean,
): number {
  if (staleAfter === undefined || redrive !== undefined || hasBegun) {
    return deadlineAtMs;
  }
  const eventMs = after === undefined ? (sentAtMs(event) ?? receivedAtMs) : receivedAtMs;
  return Math.min(deadlineAtMs, Math.min(receivedAtMs, eventMs) + durationMs(staleAfter));
}
