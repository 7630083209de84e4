import type { Log } from '../observability/log.ts';
import type { MetricValues } from '../observability/metrics.ts';
import type { DeliveryReport } from './deliverRun.ts';

/** Writes one line for one delivery of a run, with its metrics: no personal data. */
export function reportDelivery(log: Log, report: DeliveryReport, requestId: string, nowMs: number): void {
  const { run, outcome, reason, waitMs, creditsUsed, call, recovery } = report;
  const fields = {
    requestId,
    runId: run?.runId,
    trigger: run?.trigger ?? 'unknown',
    source: run?.source,
    route: run?.route,
    outcome,
    reason,
    waitMs,
    creditsUsed,
    recovery,
    mavera: call,
    ageMs: run === undefined ? undefined : nowMs - run.receivedAtMs,
  };
  log.info('run', fields, { values: metricsOf(report, nowMs), dimensions: ['trigger'] });
}

function metricsOf(
  { run, outcome, call, creditsUsed, recovery }: DeliveryReport,
  nowMs: number,
): MetricValues {
  const isEnd = outcome === 'done' || outcome === 'failed' || outcome === 'skipped';
  return {
    RunsDone: outcome === 'done' ? 1 : 0,
    RunsFailed: outcome === 'failed' ? 1 : 0,
    RunsWaiting: outcome === 'waiting' ? 1 : 0,
    RunsRepeated: outcome === 'repeated' ? 1 : 0,
    MaveraCalls: call === undefined ? 0 : 1,
    MaveraErrors: call === undefined || call.kind === 'answered' ? 0 : 1,
    AnswersLost: call?.kind === 'lost' ? 1 : 0,
    AnswersRecovered: recovery === 'found' ? 1 : 0,
    MaveraDuration: call?.durationMs ?? 0,
    CreditsUsed: creditsUsed ?? 0,
    RunAge: isEnd && run !== undefined ? nowMs - run.receivedAtMs : 0,
  };
}
