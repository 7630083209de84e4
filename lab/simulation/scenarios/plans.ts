import { defaultRunnerConcurrency } from '../../../infra/settings/runnerConcurrency.ts';
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
/** The options of a world on a plan. */
export function worldOn(
  { requestsPerMinute, callMs: [leastMs, mostMs] }: Plan,
  options: Pick<WorldOptions, 'triggers' | 'seed'> & Partial<WorldOptions>,
): WorldOptions {
  const latency: LatencyOption = {
    personas: [leastMs, mostMs],
    mave: maveMs,
    focusGroups: [leastMs, mostMs],
    reads: [50, 200],
  };
  return {
    requestsPerMinute,
    latency,
    readyConcurrency: defaultRunnerConcurrency(requestsPerMinute),
    troubles: usualTroubles,
    ...options,
  };
}
