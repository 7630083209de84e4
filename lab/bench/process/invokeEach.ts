import type { Answer } from './loadHandler.ts';
import { waitUntil } from './waitUntil.ts';

/** The clock that starts requests, in milliseconds from any time. */
export interface Clock {
  now(): number;
  waitUntil(atMs: number): Promise<void>;
}

/** The answers to requests, and how long they took. */
export interface TimedAnswers {
  readonly answers: readonly Answer[];
  /** For each request, from its planned start to its answer. */
  readonly latenciesMs: readonly number[];
  /** Time in the handler as Lambda bills it: each request's, rounded up to a millisecond. */
  readonly billedMs: number;
}

/** The clock of this process. */
export const processClock: Clock = { now: () => performance.now(), waitUntil };

/**
 * Sends requests to a handler, one at a time. With `everyMs` they come at fixed times. A request that comes while another is
 * under way waits for it, as if there were one environment only. Its latency counts from the time it came.
 */
export async function invokeEach(
  invoke: (event: unknown) => Promise<Answer>,
  events: readonly unknown[],
  clock: Clock,
  everyMs?: number,
): Promise<TimedAnswers> {
  const answers: Answer[] = [];
  const latenciesMs: number[] = [];
  let billedMs = 0;
  const startedAtMs = clock.now();
  for (const [index, event] of events.entries()) {
    const plannedAtMs = everyMs === undefined ? clock.now() : startedAtMs + index * everyMs;
    await clock.waitUntil(plannedAtMs);
    const invokedAtMs = clock.now();
    answers.push(await invoke(event));
    const answeredAtMs = clock.now();
    latenciesMs.push(answeredAtMs - plannedAtMs);
    billedMs += Math.ceil(answeredAtMs - invokedAtMs);
  }
  return { answers, latenciesMs, billedMs };
}
