import type { LaneReport } from '../ledger/dispatcherState.ts';
import type { Log } from '../observability/log.ts';
import { type MetricName, type MetricValues, metricsByTrigger } from '../observability/metrics.ts';
import type { Dispatched } from './dispatch.ts';

const metricOfReason: Readonly<Record<string, MetricName>> = {
  paused: 'RunsHeldByPause',
  trigger_paused: 'RunsHeldByPause',
  budget_spent: 'RunsHeldByBudget',
  overall_budget_spent: 'RunsHeldByBudget',
  credits_low: 'RunsHeldByCredits',
  breaker_open: 'RunsHeldByBreaker',
  breaker_probing: 'RunsHeldByBreaker',
  api_key_unavailable: 'RunsWithoutApiKey',
};

/** Reasons to wait that somebody chose. */
const chosen: ReadonlySet<string | undefined> = new Set([
  'paused',
  'trigger_paused',
  'approval',
  'not_before',
]);

/** Logs one pass of the dispatcher as one line with its metrics, and each lane that has runs as a line of its own. */
export function logPass(
  log: Log,
  dispatched: Dispatched,
  times: { readonly begunMs: number; readonly endedMs: number },
): void {
  const { begunMs, endedMs } = times;
  if (dispatched.kind !== 'done') {
    log.info('dispatch', { outcome: dispatched.kind, durationMs: endedMs - begunMs });
    return;
  }
  const { lanes, sentWithSlot, sentWithoutSlot, budgetUsedPercent } = dispatched;
  const fields = {
    outcome: dispatched.kind,
    sentWithSlot,
    sentWithoutSlot,
    lanes: lanes.map(({ lane, reason, count }) => ({ lane, reason, count })),
    durationMs: endedMs - begunMs,
  };
  const values: MetricValues = {
    ...laneMetrics(lanes, endedMs),
    RunsDispatched: sentWithSlot + sentWithoutSlot,
    DispatcherFinished: 1,
    DispatcherDuration: endedMs - begunMs,
    BudgetUsed: budgetUsedPercent,
  };
  log.info('dispatch', fields, { values });
  for (const { lane, reason, count } of lanes.filter((one) => one.count > 0)) {
    const parked = { values: { RunsParked: count }, also: { by: 'trigger', names: metricsByTrigger } };
    log.info('lane', { trigger: lane, reason }, parked);
  }
}

/** The metrics of what is parked. */
export function laneMetrics(lanes: readonly LaneReport[], nowMs: number): MetricValues {
  const held = lanes.flatMap(({ reason }) => metricOfReason[reason ?? ''] ?? []);
  const ages = lanes.filter(({ reason }) => !chosen.has(reason)).map(({ oldestMs }) => nowMs - oldestMs);
  return {
    ...Object.fromEntries(held.map((name) => [name, held.filter((other) => other === name).length])),
    RunsParked: lanes.reduce((sum, { count }) => sum + count, 0),
    OldestParkedAge: ages.length === 0 ? undefined : Math.max(...ages),
  };
}
