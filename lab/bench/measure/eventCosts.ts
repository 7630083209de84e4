import type { Load } from '../load/load.ts';
import { type EventCost, eventCost } from './eventCost.ts';
import type { HandlerProcess } from './handlerProcess.ts';
import { inTurns } from './inTurns.ts';
import { mapValues } from './mapValues.ts';

/** The loads that handlers are measured with once they are warm: all, one in a hundred, or none of the events wanted. */
export const loads = {
  single: { wantedPercent: 100, requests: 200, eventsPerRequest: 1 },
  batch: { wantedPercent: 100, requests: 1, eventsPerRequest: 1_000 },
  rare: { wantedPercent: 1, requests: 1_000, eventsPerRequest: 1 },
  rareBatch: { wantedPercent: 1, requests: 3, eventsPerRequest: 1_000 },
  ignored: { wantedPercent: 0, requests: 1_000, eventsPerRequest: 1 },
  ignoredBatch: { wantedPercent: 0, requests: 3, eventsPerRequest: 1_000 },
} as const satisfies Record<string, Load>;

/** One of the loads. */
export type LoadName = keyof typeof loads;

const rounds = 5;

/** What an event of each load costs a handler. */
export type EventCosts = Readonly<Record<LoadName, EventCost>>;

/**
 * Measures what an event costs each handler, in turns. The round before the first one, which warms the handler up, is
 * the one whose calls are looked into.
 */
export async function measureEventCosts<Name extends string>(
  handlers: Readonly<Record<Name, HandlerProcess>>,
  progress: (line: string) => void,
): Promise<Readonly<Record<Name, EventCosts>>> {
  const measure = async (name: LoadName): Promise<Readonly<Record<Name, EventCost>>> => {
    const load = loads[name];
    const { requests, eventsPerRequest, wantedPercent } = load;
    progress(`${requests} × ${eventsPerRequest} events, ${wantedPercent} % wanted, ${rounds} rounds`);
    const metered = await inTurns(handlers, 1, (handler) => handler.invoke(load, { meter: true }));
    const measured = await inTurns(handlers, rounds, (handler) => handler.invoke(load));
    return mapValues(measured, (results, handler) => eventCost(load, results, metered[handler]));
  };
  // One after the other: a machine does not measure two things at once.
  const costs = {
    single: await measure('single'),
    batch: await measure('batch'),
    rare: await measure('rare'),
    rareBatch: await measure('rareBatch'),
    ignored: await measure('ignored'),
    ignoredBatch: await measure('ignoredBatch'),
  };
  return mapValues(handlers, (_handler, name) => mapValues(costs, (cost) => cost[name]));
}
