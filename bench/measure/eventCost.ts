import { eventsOf, type Load } from '../load/load.ts';
import { type BilledUnits, callsOf, type Invocations } from '../process/messages.ts';
import { median } from '../statistics/median.ts';

/** What one event of a load costs. */
export interface EventCost {
  /** CPU of the handler's process; median of the rounds. */
  readonly cpuMs: number;
  /** AWS calls; mean of the rounds. */
  readonly calls: number;
  /** What AWS bills for those calls. */
  readonly billed: BilledUnits;
}

/**
 * Breaks what a load took down to one of its events.
 *
 * @param metered further rounds, whose calls were looked into
 */
export function eventCost(
  load: Load,
  rounds: readonly Invocations[],
  metered: readonly Invocations[],
): EventCost {
  const events = eventsOf(load);
  return {
    cpuMs: median(rounds.map(({ cpuMs }) => cpuMs)) / events,
    calls: mean(rounds.map(callsOf)) / events,
    billed: {
      writeUnits: mean(metered.map(({ billed }) => billed.writeUnits)) / events,
      queueRequests: mean(metered.map(({ billed }) => billed.queueRequests)) / events,
    },
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
