import { mean, percentile } from '../../statistics.ts';
import type { Load } from '../load/load.ts';
import type { HandlerProcess } from './handlerProcess.ts';
import { inTurns } from './inTurns.ts';
import { mapValues } from './mapValues.ts';

/** What comes at fixed moments. */
export const openLoads = {
  single: { eventsPerRequest: 1, warmUpRequests: 100, turnMs: 5_000, turns: 3 },
  batch: { eventsPerRequest: 100, warmUpRequests: 10, turnMs: 7_500, turns: 4 },
} as const;

type OpenLoad = (typeof openLoads)[keyof typeof openLoads];

/** Of the slower handler's time: enough that requests meet each other, not so much that they pile up. */
const busyShare = 0.5;
const fewestRequests = 5;

/** How long requests took to be answered, from the moment they came: the waiting for an earlier one counts. */
export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly worstMs: number;
  /** How many there were. */
  readonly requests: number;
}

/** One open load, and the latency of each handler under it. */
export interface OpenLoadLatency<Name extends string> {
  /** From the start of a request to that of the next. */
  readonly everyMs: number;
  readonly of: Readonly<Record<Name, Latency>>;
}

/** Latency under each open load. */
export type Latencies<Name extends string> = Readonly<Record<keyof typeof openLoads, OpenLoadLatency<Name>>>;

/** Measures warm handlers, in turns; each is the only environment there is, and takes one request at a time. */
export async function measureLatencies<Name extends string>(
  handlers: Readonly<Record<Name, HandlerProcess>>,
  progress: (line: string) => void,
): Promise<Latencies<Name>> {
  const measure = async (openLoad: OpenLoad): Promise<OpenLoadLatency<Name>> => {
    const { eventsPerRequest, turnMs, turns } = openLoad;
    const everyMs = await bearableInterval(handlers, openLoad);
    const requests = Math.max(fewestRequests, Math.floor(turnMs / everyMs));
    const load: Load = { wantedPercent: 100, requests, eventsPerRequest };
    progress(`every ${everyMs} ms a request with ${eventsPerRequest} events: ${turns} turns of ${requests}`);
    const measured = await inTurns(handlers, turns, (handler) => handler.invoke(load, { everyMs }));
    const of = mapValues(measured, (results) => latencyOf(results.flatMap(({ latenciesMs }) => latenciesMs)));
    return { everyMs, of };
  };
  return { single: await measure(openLoads.single), batch: await measure(openLoads.batch) };
}

/** Warms the handlers up, and finds how often a request may come for the slower one to be busy half of the time. */
async function bearableInterval<Name extends string>(
  handlers: Readonly<Record<Name, HandlerProcess>>,
  { eventsPerRequest, warmUpRequests }: OpenLoad,
): Promise<number> {
  const load: Load = { wantedPercent: 100, requests: warmUpRequests, eventsPerRequest };
  await inTurns(handlers, 1, (handler) => handler.invoke(load));
  const warm = await inTurns(handlers, 2, (handler) => handler.invoke(load));
  const busyMs = mapValues(warm, (rounds) => mean(rounds.map(({ wallMs }) => wallMs)) / warmUpRequests);
  return Math.ceil(Math.max(...Object.values<number>(busyMs)) / busyShare);
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
