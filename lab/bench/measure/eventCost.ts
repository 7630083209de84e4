import { mean, median } from '../../statistics.ts';
import { eventsOf, type Load } from '../load/load.ts';
import { type BilledUnits, callsOf, type Invocations } from '../process/messages.ts';

/** What one event of a load asks of a handler. */
export interface Effort {
  /** CPU of the handler's process; median of the rounds. */
  readonly cpuMs: number;
  /** Time in the handler, the waiting for AWS included; median of the rounds. */
  readonly wallMs: number;
  /** AWS calls; mean of the rounds. */
  readonly calls: number;
}

/** What one event of a load costs. */
export interface EventCost extends Effort {
  /** Lambda invocations. */
  readonly requests: number;
  /** Time in the handler, each request's rounded up to a millisecond; median of the rounds. */
  readonly billedMs: number;
  /** What AWS bills for the calls. */
  readonly billed: BilledUnits;
  /** Messages that reach the queue. */
  readonly messages: number;
  /** Written to the function's log. */
  readonly logBytes: number;
}

/** Breaks what the rounds of a load took down to one of its events. */
export function effort(load: Load, rounds: readonly Invocations[]): Effort {
  const events = eventsOf(load);
  return {
    cpuMs: median(rounds.map(({ cpuMs }) => cpuMs)) / events,
    wallMs: median(rounds.map(({ wallMs }) => wallMs)) / events,
    calls: mean(rounds.map(callsOf)) / events,
  };
}

/**
 * The same, with what it is billed.
 *
 * @param metered further rounds, whose calls and log were looked into
 */
export function eventCost(
  load: Load,
  rounds: readonly Invocations[],
  metered: readonly Invocations[],
): EventCost {
  const events = eventsOf(load);
  return {
    ...effort(load, rounds),
    requests: load.requests / events,
    billedMs: median(rounds.map(({ billedMs }) => billedMs)) / events,
    billed: {
      writeUnits: mean(metered.map(({ billed }) => billed.writeUnits)) / events,
      queueRequests: mean(metered.map(({ billed }) => billed.queueRequests)) / events,
    },
    messages: mean(metered.map(({ queued }) => queued)) / events,
    logBytes: mean(metered.map(({ logBytes }) => logBytes)) / events,
  };
}
