import type { Log } from '../observability/log.ts';
import { type MetricName, type MetricValues, metricsByTrigger } from '../observability/metrics.ts';
import type { DeliveryReport } from './deliverRun.ts';
import type { GateName } from './gates/gate.ts';
import type { CallReport } from './runOutcome.ts';

/** Writes one line for one delivery of a run, with its metrics: no personal data. */
export function reportDelivery(log: Log, report: DeliveryReport, requestId: string, nowMs: number): void {
  const { run, outcome, reason, gate, waitMs, creditsUsed, call, recovery, collected, maveraRequests } =
    report;
  const fields = {
    requestId,
    runId: run?.runId,
    trigger: run?.trigger ?? 'unknown',
    source: run?.source,
    route: run?.route,
    outcome,
    reason,
    gate,
    waitMs,
    creditsUsed,
    recovery,
    collected,
    isReport: run?.report === undefined ? undefined : true,
    mavera: call,
    maveraRequests: maveraRequests === 0 ? undefined : maveraRequests,
    ageMs: run === undefined ? undefined : nowMs - run.receivedAtMs,
  };
  log.info('run', fields, {
    values: run?.report === undefined ? metricsOf(report, nowMs) : reportMetrics(report),
    also: { by: 'trigger', names: metricsByTrigger },
  });
}

const gateMetrics: Readonly<Record<GateName, MetricName>> = {
  pause: 'RunsHeldByPause',
  stale: 'RunsHeldByStale',
  sample: 'RunsHeldBySample',
  cooldown: 'RunsHeldByCooldown',
  budget: 'RunsHeldByBudget',
  credits: 'RunsHeldByCredits',
  breaker: 'RunsHeldByBreaker',
  concurrency: 'RunsHeldByConcurrency',
  pace: 'RunsHeldByPace',
};

function metricsOf(report: DeliveryReport, nowMs: number): MetricValues {
  const { run, outcome, call, creditsUsed, recovery, gate } = report;
  const ageMs = run === undefined ? 0 : nowMs - run.receivedAtMs;
  const isEnd = outcome === 'done' || outcome === 'failed' || outcome === 'skipped';
  return {
    RunsDone: outcome === 'done' ? 1 : 0,
    RunsFailed: outcome === 'failed' ? 1 : 0,
    RunsSkipped: outcome === 'skipped' ? 1 : 0,
    RunsWaiting: outcome === 'waiting' ? 1 : 0,
    RunsRepeated: outcome === 'repeated' ? 1 : 0,
    ...(gate === undefined ? {} : { [gateMetrics[gate]]: 1 }),
    ...callMetrics(call),
    AnswersRecovered: recovery === 'found' ? 1 : 0,
    CreditsUsed: creditsUsed ?? 0,
    BudgetUsed: report.budgetUsedPercent ?? 0,
    AccountCreditsRemaining: report.accountCreditsRemaining,
    MaveraRequests: report.maveraRequests ?? 0,
    RunAge: isEnd ? ageMs : 0,
    RunsWaitingAge: outcome === 'waiting' ? ageMs : 0,
  };
}

function reportMetrics({ outcome }: DeliveryReport): MetricValues {
  return {
    SegmentReportsSent: outcome === 'reported' ? 1 : 0,
    SegmentReportsFailed: outcome === 'failed' ? 1 : 0,
  };
}

function callMetrics(call: CallReport | undefined): MetricValues {
  return call === undefined
    ? {}
    : {
        MaveraCalls: 1,
        MaveraErrors: call.kind === 'answered' ? 0 : 1,
        MaveraThrottled: call.status === 429 ? 1 : 0,
        AnswersLost: call.kind === 'lost' ? 1 : 0,
        MaveraDuration: call.durationMs,
        BreakerOpened: call.breaker === 'opened' ? 1 : 0,
      };
}
