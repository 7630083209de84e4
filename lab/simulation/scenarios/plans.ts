import type { LatencyOption } from '../../../simulators/mavera/latency.ts';
import { usualTroubles, type WorldOptions } from '../world/worldOptions.ts';

/** The limits of Mavera's plans, and how long a call takes. */
export interface Plan {
  readonly requestsPerMinute: number;
  readonly callMs: readonly [leastMs: number, mostMs: number];
}

export const slowPlan: Plan = { requestsPerMinute: 60, callMs: [3_000, 7_000] };
export const middlePlan: Plan = { requestsPerMinute: 240, callMs: [1_000, 3_000] };
export const fastPlan: Plan = { requestsPerMinute: 600, callMs: [300, 700] };

/** Mave takes 20 s on average. */
const maveMs = [5_000, 35_000] as const;
/** 10 calls of Mave and 5 focus groups at once. */
const caps = 15;

/** The options of a world on a plan; the concurrency of the ready queue is what the stack gives it. */
export function worldOn(
  { requestsPerMinute, callMs: [leastMs, mostMs] }: Plan,
  options: Pick<WorldOptions, 'triggers' | 'seed'> & Partial<WorldOptions>,
): WorldOptions {
  const callSeconds = (leastMs + mostMs) / 2_000;
  const latency: LatencyOption = {
    personas: [leastMs, mostMs],
    mave: maveMs,
    focusGroups: [leastMs, mostMs],
    reads: [50, 200],
  };
  return {
    requestsPerMinute,
    latency,
    readyConcurrency: caps + Math.ceil(1.3 * (requestsPerMinute / 60) * (callSeconds + 0.4)),
    troubles: usualTroubles,
    ...options,
  };
}
