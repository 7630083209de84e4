import { exponentialBackoffMs } from '../../backoff/exponentialBackoffMs.ts';
import { type Pace, usedShareOfLimit } from '../../ledger/pace.ts';
import type { HistoryEntry } from '../../ledger/runItem.ts';
import { type DispatcherView, mayPark } from '../../ledger/sharedState.ts';
import type { AccountUsage } from '../../mavera/accountUsage.ts';
import type { Gate, GateDecision, GatedRun, GateWait } from './gate.ts';

/** How late a call may start after its slot; {@link usedShareOfLimit} leaves the time for it. */
export const slotToleranceMs = 1_000;
/**
 * How far ahead slots are given out. Runs that find none in this time are parked. A single run beside a backlog waits as long
 * as this; twice as long, with the time by which its message was late, if it misses its slot. That is below two minutes.
 */
export const dispatchedAheadMs = 55_000;
/** How far ahead slots are given out while no run can be parked: as long as SQS can delay a message. */
const queuedAheadMs = 15 * 60_000;

/** How far ahead slots are given out now. */
export function horizonMs(dispatcher: DispatcherView, nowMs: number): number {
  return mayPark(dispatcher, nowMs) ? dispatchedAheadMs : queuedAheadMs;
}

/** A delivery waits for its slot if the slot is at most this far away; otherwise the run comes back. */
export const waitOnTheSpotMs = 2_000;

/** The limit to keep: the configured one, or the limit of the account's plan if that is lower. */
export function limitOf(configured: number, usage: AccountUsage | undefined): number {
  return Math.min(configured, usage?.requestsPerMinute ?? configured);
}

/** Between two slots, for a limit in requests per 60 s. */
export function intervalMsFor(requestsPerMinute: number): number {
  return 60_000 / (requestsPerMinute * usedShareOfLimit);
}

/** Whether a slot that a run came back for can still be used. Mavera may have asked for a wait since. */
export function isUsableSlot(
  slotAtMs: number | undefined,
  retryAfterHoldMs: number,
  nowMs: number,
): slotAtMs is number {
  return slotAtMs !== undefined && nowMs <= slotAtMs + slotToleranceMs && retryAfterHoldMs <= nowMs;
}

/** How much earlier a run comes back for its slot after it has missed one; doubled for each further miss. */
const firstLeadMs = 1_000;
/** An invocation needs this time in addition to the call. */
const longestLeadMs = 8_000;
/** A missed slot leaves two or three entries in the history; the last of them is the wait. */
const lateEntries = 10;

/**
 * How long before its slot a run comes back. Usually 0. With a very slow ledger, all runs would otherwise miss all of
 * their slots.
 */
export function leadMs(history: readonly HistoryEntry[]): number {
  const missed = history
    .slice(-lateEntries)
    .filter(({ what, reason }) => what === 'waits' && reason === 'slot_missed');
  const misses = missed.reduce((sum, { times = 1 }) => sum + times, 0);
  return misses === 0
    ? 0
    : exponentialBackoffMs({ firstMs: firstLeadMs, longestMs: longestLeadMs, times: misses - 1 });
}

/**
 * The time over which runs without a slot are spread when they ask again: as far ahead as slots are reserved. If they
 * asked sooner, they would keep the runners so busy that runs with a slot miss it.
 */
const askAgainSpreadMs = queuedAheadMs;

/** What the gates of the pace need. */
export interface PaceGateOptions {
  readonly pace: Pace;
  /** The limit that is configured. */
  readonly requestsPerMinute: number;
  readonly random: () => number;
}

/** Keeps the calls of all environments together within Mavera's rate limit. */
export class PaceGate implements Gate {
  readonly name = 'pace';
  readonly #options: PaceGateOptions;

  constructor(options: PaceGateOptions) {
    this.#options = options;
  }

  /** Passes a run whose slot is about now. Other runs get a slot to come back for, or wait without one. */
  async decide(run: GatedRun): Promise<GateDecision> {
    const { message, shared, history, nowMs } = run;
    const aheadMs = leadMs(history);
    if (isUsableSlot(message.slotAtMs, shared.paceHeldUntilMs, nowMs)) {
      return decideOnSlot(message.slotAtMs, aheadMs, nowMs);
    }
    const slotAtMs = await takeSlot(run, aheadMs, this.#options);
    return typeof slotAtMs === 'number' ? decideOnSlot(slotAtMs, aheadMs, nowMs) : slotAtMs;
  }
}

/**
 * Gives a run its first slot at its admission, where it is never called. Runs of a trigger with parked runs, and all runs
 * while parked ones wait for slots, are parked behind them.
 */
export class FirstSlotGate implements Gate {
  readonly name = 'pace';
  readonly #options: PaceGateOptions;

  constructor(options: PaceGateOptions) {
    this.#options = options;
  }

  async decide(run: GatedRun): Promise<GateWait> {
    const { trigger, shared, history, nowMs } = run;
    const { dispatcher } = shared;
    const isBehindOthers = dispatcher.waiting.has(trigger.name) || dispatcher.slotsWantedUntilMs > nowMs;
    if (isBehindOthers && mayPark(dispatcher, nowMs)) {
      return { kind: 'wait', untilMs: nowMs, reason: 'pace_full' };
    }
    const slotAtMs = await takeSlot(run, leadMs(history), this.#options, run.cap);
    return typeof slotAtMs === 'number'
      ? { kind: 'wait', untilMs: slotAtMs - leadMs(history), slotAtMs, reason: 'pace' }
      : slotAtMs;
  }
}

/**
 * Takes the next free slot, or says until when the run waits without one.
 *
 * @param mostAhead how many slots ahead it may be. At its admission, a run with a concurrency cap gets none that is further
 * away than the cap has room for: the dispatcher knows how far apart their slots have to be.
 */
async function takeSlot(
  { shared, nowMs }: GatedRun,
  aheadMs: number,
  { pace, requestsPerMinute, random }: PaceGateOptions,
  mostAhead: number = Number.POSITIVE_INFINITY,
): Promise<number | GateWait> {
  const intervalMs = intervalMsFor(limitOf(requestsPerMinute, shared.usage));
  const farthestMs = horizonMs(shared.dispatcher, nowMs);
  const slot = await pace.takeSlot({
    nowMs: nowMs + aheadMs,
    intervalMs,
    seenNextSlotAtMs: shared.nextSlotAtMs,
    horizonMs: mayPark(shared.dispatcher, nowMs) ? Math.min(farthestMs, mostAhead * intervalMs) : farthestMs,
  });
  return slot.kind === 'reserved'
    ? slot.slotAtMs
    : { kind: 'wait', untilMs: slot.askAgainAtMs + random() * askAgainSpreadMs, reason: 'pace_full' };
}

/** Passes a run whose slot is near. Others come back for it. */
function decideOnSlot(slotAtMs: number, aheadMs: number, nowMs: number): GateDecision {
  return slotAtMs - nowMs <= waitOnTheSpotMs + aheadMs
    ? { kind: 'pass', startAtMs: slotAtMs, lateByMs: slotToleranceMs }
    : { kind: 'wait', untilMs: slotAtMs - aheadMs, slotAtMs, reason: 'pace' };
}
