import type { Load } from '../load/load.ts';
import { inTurns } from '../statistics/inTurns.ts';
import { mapValues } from '../statistics/mapValues.ts';
import { percentile } from '../statistics/percentile.ts';
import type { HandlerProcess } from './handlerProcess.ts';

/** A load whose requests come at fixed moments. */
export interface OpenLoad extends Load {
  readonly everyMs: number;
  /** How often each handler has its turn. */
  readonly turns: number;
}

/** The open loads: within what the slower handler can do, on a machine that does nothing else. */
export const openLoads = {
  single: { wantedPercent: 100, requests: 300, eventsPerRequest: 1, everyMs: 20, turns: 3 },
  batch: { wantedPercent: 100, requests: 25, eventsPerRequest: 100, everyMs: 250, turns: 4 },
} as const satisfies Record<string, OpenLoad>;

/** How long requests took to be answered, from the moment they came: the waiting for an earlier one counts. */
export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly worstMs: number;
  /** How many there were. */
  readonly requests: number;
}

/** The latency of each handler under each open load. */
export type Latencies<Name extends string> = Readonly<
  Record<keyof typeof openLoads, Readonly<Record<Name, Latency>>>
>;

/** Measures warm handlers, in turns; each is the only environment there is, and takes one request at a time. */
export async function measureLatencies<Name extends string>(
  handlers: Readonly<Record<Name, HandlerProcess>>,
  progress: (line: string) => void,
): Promise<Latencies<Name>> {
  const measure = async (load: OpenLoad): Promise<Readonly<Record<Name, Latency>>> => {
    const { requests, eventsPerRequest, everyMs, turns } = load;
    progress(`every ${everyMs} ms a request with ${eventsPerRequest} events: ${turns} turns of ${requests}`);
    await inTurns(handlers, 1, (handler) => handler.invoke(load));
    const measured = await inTurns(handlers, turns, (handler) => handler.invoke(load, { everyMs }));
    return mapValues(measured, (results) => latencyOf(results.flatMap(({ latenciesMs }) => latenciesMs)));
  };
  return { single: await measure(openLoads.single), batch: await measure(openLoads.batch) };
}

/** Sums up single latencies, in milliseconds. */
export function latencyOf(latenciesMs: readonly number[]): Latency {
  return {
    p50Ms: percentile(latenciesMs, 50),
    p99Ms: percentile(latenciesMs, 99),
    worstMs: percentile(latenciesMs, 100),
    requests: latenciesMs.length,
  };
}
