import type { Load } from '../load/load.ts';
import { inTurns } from '../statistics/inTurns.ts';
import { mapValues } from '../statistics/mapValues.ts';
import { type EventCost, eventCost } from './eventCost.ts';
import type { HandlerProcess } from './handlerProcess.ts';

/** The loads that handlers are measured with once they are warm. */
export const loads = {
  single: { kind: 'wanted', requests: 100, eventsPerRequest: 1 },
  batch: { kind: 'wanted', requests: 1, eventsPerRequest: 1_000 },
  ignored: { kind: 'ignored', requests: 1_000, eventsPerRequest: 1 },
} as const satisfies Record<string, Load>;

const rounds = 5;

/** What an event of each load costs a handler. */
export type EventCosts = Readonly<Record<keyof typeof loads, EventCost>>;

/**
 * Measures what an event costs each handler, in turns. The round before the first one, which warms the handler up, is
 * the one whose calls are looked into.
 */
export async function measureEventCosts<Name extends string>(
  handlers: Readonly<Record<Name, HandlerProcess>>,
  progress: (line: string) => void,
): Promise<Readonly<Record<Name, EventCosts>>> {
  const measure = async (name: keyof typeof loads): Promise<Readonly<Record<Name, EventCost>>> => {
    const load = loads[name];
    progress(`${load.requests} × ${load.eventsPerRequest} ${load.kind} events, ${rounds} rounds`);
    const metered = await inTurns(handlers, 1, (handler) => handler.invoke(load, { meter: true }));
    const measured = await inTurns(handlers, rounds, (handler) => handler.invoke(load));
    return mapValues(measured, (results, handler) => eventCost(load, results, metered[handler]));
  };
  const single = await measure('single');
  const batch = await measure('batch');
  const ignored = await measure('ignored');
  return mapValues(handlers, (_handler, name) => ({
    single: single[name],
    batch: batch[name],
    ignored: ignored[name],
  }));
}
