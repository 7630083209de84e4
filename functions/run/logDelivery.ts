import type { Log, LogFields } from '../observability/log.ts';
import { type MetricName, type MetricValues, metricsByTrigger } from '../observability/metrics.ts';
import { parseRunMessage, type RunMessage } from '../queue/runMessage.ts';
import type { RequestCounts } from '../systems/systemClient.ts';
import type { HandledDelivery } from './handleDelivery.ts';
import type { Reason } from './reasons.ts';
import type { CallReport, GateName } from './runOutcome.ts';

/** The beginning or the end of a delivery. */
export interface DeliveryMoment {
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** Requests made so far by this execution environment. */
  readonly requests: RequestCounts;
}

/** Logs one delivery of a run as one line, with its metrics and without personal data. */
export function logDelivery(
  log: Log,
  report: HandledDelivery,
  begun: DeliveryMoment,
  ended: DeliveryMoment,
): void {
  if (report.cancel !== undefined) {
    const { trigger, source, route } = report.cancel;
    log.info('cancellation', { trigger, source, route, durationMs: ended.atMs - begun.atMs });
    return;
  }
  const { run, outcome, reason, gate, waitMs, parkedIn, creditsUsed, call, recovery, collected } = report;
  const { countedAsOther, compared } = report;
  const fields = {
    ...fieldsOf(run, begun, ended),
    outcome,
    reason,
    gate,
    waitMs,
    parkedIn,
    creditsUsed,
    recovery,
    collected,
    countedAsOther,
    compared,
    mavera: call,
  };
  const metrics = run?.report === undefined ? metricsOf(report, ended.atMs) : reportMetrics(report);
  const values = { ...metrics, ...requestMetrics(begun, ended) };
  log.info('run', fields, { values, also: { by: 'trigger', names: metricsByTrigger } });
}

/**
 * Logs a delivery that threw as one line. Its message is reported as failed and comes back, so Lambda does not count an
 * error. Only this line does.
 *
 * @param body the queue message as it came
 */
export function logFailedDelivery(
  log: Log,
  error: unknown,
  body: string,
  begun: DeliveryMoment,
  ended: DeliveryMoment,
): void {
  const values = { DeliveriesFailed: 1, ...requestMetrics(begun, ended) };
  const fields = fieldsOf(readRun(body), begun, ended);
  log.error('the delivery of a run failed; its message comes back', error, fields, { values });
}

function readRun(body: string): RunMessage | undefined {
  try {
    return parseRunMessage(body);
  } catch {
    return undefined;
  }
}

function fieldsOf(run: RunMessage | undefined, begun: DeliveryMoment, { atMs }: DeliveryMoment): LogFields {
  return {
    runId: run?.runId,
    trigger: run?.trigger ?? 'unknown',
    source: run?.source,
    route: run?.route,
    isReport: run?.report === undefined ? undefined : true,
    reportTo: run?.report === undefined ? undefined : (run.report.to ?? 'segment'),
    durationMs: atMs - begun.atMs,
    ageMs: run === undefined ? undefined : atMs - run.receivedAtMs,
  };
}

function requestMetrics(begun: DeliveryMoment, ended: DeliveryMoment): MetricValues {
  return {
    MaveraRequests: ended.requests.made - begun.requests.made,
    MaveraThrottled: ended.requests.throttled - begun.requests.throttled,
  };
}

const gateMetrics: Readonly<Record<GateName, MetricName>> = {
  pause: 'RunsHeldByPause',
  stale: 'RunsHeldByStale',
  sample: 'RunsHeldBySample',
  cancel: 'RunsHeldByCancel',
  lookups: 'RunsHeldByLookups',
  approval: 'RunsHeldByApproval',
  cooldown: 'RunsHeldByCooldown',
  budget: 'RunsHeldByBudget',
  credits: 'RunsHeldByCredits',
  breaker: 'RunsHeldByBreaker',
  concurrency: 'RunsHeldByConcurrency',
  pace: 'RunsHeldByPace',
};

/** Reasons of a wait that is intended: to collect, or until a time that an earlier delivery set. */
const purposes: ReadonlySet<Reason | undefined> = new Set<Reason>(['collecting', 'not_yet']);

function metricsOf(report: HandledDelivery, nowMs: number): MetricValues {
  const { run, outcome, reason, call, creditsUsed, recovery, gate } = report;
  const ageMs = run === undefined ? undefined : nowMs - run.receivedAtMs;
  const isEnd = outcome === 'done' || outcome === 'failed' || outcome === 'skipped';
  // A redriven run and one that has collected events count their time from another start.
  const hasOwnTime = run?.redrive !== undefined || report.collected !== undefined || purposes.has(reason);
  return {
    RunsDone: outcome === 'done' ? 1 : 0,
    RunsFailed: outcome === 'failed' ? 1 : 0,
    RunsSkipped: outcome === 'skipped' ? 1 : 0,
    RunsWaiting: outcome === 'waiting' ? 1 : 0,
    RunsRepeated: outcome === 'repeated' ? 1 : 0,
    RunsWithoutApiKey: reason === 'api_key_unavailable' ? 1 : 0,
    ...(gate === undefined ? {} : { [gateMetrics[gate]]: 1 }),
    ...callMetrics(call),
    AnswersRecovered: recovery === 'found' ? 1 : 0,
    CreditsUsed: creditsUsed ?? 0,
    BudgetUsed: report.budgetUsedPercent,
    AccountCreditsRemaining: report.accountCreditsRemaining,
    RunAge: isEnd ? ageMs : undefined,
    RunsWaitingAge: outcome === 'waiting' && !hasOwnTime ? ageMs : undefined,
  };
}

function reportMetrics({ run, outcome, reason, isResent }: HandledDelivery): MetricValues {
  if (run?.report?.to !== 'segops') {
    return {
      SegmentReportsSent: outcome === 'reported' ? 1 : 0,
      SegmentReportsFailed: outcome === 'failed' ? 1 : 0,
    };
  }
  return {
    SegOpsReportsSent: outcome === 'reported' && reason === undefined ? 1 : 0,
    SegOpsReportsFailed: outcome === 'failed' ? 1 : 0,
    SegOpsReportsRepeated: isResent === true ? 1 : 0,
  };
}

function callMetrics(call: CallReport | undefined): MetricValues {
  return call === undefined
    ? {}
    : {
        MaveraCalls: 1,
        MaveraErrors: call.kind === 'answered' ? 0 : 1,
        AnswersLost: call.kind === 'lost' ? 1 : 0,
        MaveraDuration: call.durationMs,
        BreakerOpened: call.breaker === 'opened' ? 1 : 0,
      };
}
