import type { Log } from '../observability/log.ts';
import { type MetricValues, metricsBySource, metricsByVersion } from '../observability/metrics.ts';
import { type HttpAnswer, httpAnswer } from './http.ts';
import { receive } from './receive.ts';
import type { ReceiverDependencies } from './receiverDependencies.ts';
import type { Reception } from './reception.ts';
import type { WantedEvent } from './sortEvents.ts';

/** Invalid events that one line lists; their number is always complete. */
const listedInvalid = 20;

/** The members of Lambda's context that the receiver uses. */
export interface InvocationContext {
  readonly awsRequestId: string;
  readonly functionVersion: string;
  readonly getRemainingTimeInMillis: () => number;
}

/** The invocation that a request came with. */
export interface ReceiverInvocation {
  readonly durationMs: number;
  /** Of the function, such as `42`. */
  readonly version: string;
  /** Whether it is the first of its environment. */
  readonly isColdStart: boolean;
  /** Whether more than one source is open. Then some metrics are also emitted by source. */
  readonly hasSeveralSources: boolean;
}

/** The Lambda handler of the receiver: receives a request, and logs what became of it. */
export function requestHandler(
  dependencies: ReceiverDependencies,
  log: Log,
): (event: unknown, context: InvocationContext) => Promise<HttpAnswer> {
  let isColdStart = true;
  return async (event, context) => {
    const startedAtMs = dependencies.now();
    log.begin(context.awsRequestId);
    const reception = await receiveSafely(event, context.getRemainingTimeInMillis(), dependencies, log);
    const durationMs = dependencies.now() - startedAtMs;
    const hasSeveralSources = dependencies.sources.size > 1;
    const version = context.functionVersion;
    logReception(log, reception, { durationMs, version, isColdStart, hasSeveralSources });
    isColdStart = false;
    return reception.answer;
  };
}

/** An unexpected error is answered 500, so that Segment tries again. */
async function receiveSafely(
  event: unknown,
  remainingMs: number,
  dependencies: ReceiverDependencies,
  log: Log,
): Promise<Reception> {
  try {
    return await receive(event, remainingMs, dependencies);
  } catch (error) {
    log.error('the receiver failed', error);
    const detail = 'The receiver failed: its log has the reason; try again';
    return { answer: httpAnswer(500, { detail }), detail };
  }
}

/** Writes one line for one request, with its metrics: counts and reasons, no personal data. */
export function logReception(log: Log, reception: Reception, invocation: ReceiverInvocation): void {
  const { durationMs, version, isColdStart, hasSeveralSources } = invocation;
  const {
    answer,
    source,
    route,
    signature,
    detail,
    counts,
    outcome,
    invalid = [],
    failedCancelKeys = [],
  } = reception;
  const fields = {
    source,
    route,
    status: answer.statusCode,
    signature,
    detail,
    ...counts,
    triggers: countByTrigger(reception),
    busy: outcome?.busy.length,
    unsent: outcome?.unsent.length,
    bypassed: outcome?.bypassed,
    toBulk: outcome?.toBulk,
    failedCancelKeys: failedCancelKeys.length === 0 ? undefined : failedCancelKeys,
    invalidEvents: invalid.length === 0 ? undefined : invalid.slice(0, listedInvalid),
    durationMs,
    coldStart: isColdStart ? true : undefined,
    version,
  };
  const byVersion = { by: 'version', names: metricsByVersion };
  const bySource = { by: 'source', names: metricsBySource };
  const also = hasSeveralSources && source !== undefined ? [byVersion, bySource] : byVersion;
  log.info('request', fields, { values: metricsOf(reception, invocation), also });
}

function metricsOf(reception: Reception, { durationMs, isColdStart }: ReceiverInvocation): MetricValues {
  const { counts, outcome, invalid = [], runsSampledOut = 0, failedCancelKeys = [] } = reception;
  return {
    ...requestMetrics(reception),
    EventsReceived: counts?.received ?? 0,
    EventsQueued: counts?.queued ?? 0,
    EventsDuplicate: counts?.duplicates ?? 0,
    EventsIgnored: counts?.ignored ?? 0,
    EventsInvalid: invalid.length,
    EventsStale: counts?.stale ?? 0,
    EventsSampledOut: counts?.sampledOut ?? 0,
    RunsHeldBySample: runsSampledOut,
    RunsToBulk: outcome?.toBulk ?? 0,
    CancelKeysFailed: failedCancelKeys.reduce((sum, { count }) => sum + count, 0),
    ClaimBypassed: outcome?.bypassed ?? 0,
    ReceiverDuration: durationMs,
    ColdStarts: Number(isColdStart),
  };
}

function requestMetrics({ answer: { statusCode }, signature, outcome }: Reception): MetricValues {
  const isRefused = statusCode >= 400 && statusCode < 500;
  return {
    RequestsAccepted: Number(statusCode === 200),
    SignatureMissing: Number(statusCode === 401 && signature === 'missing'),
    SignatureRefused: Number(statusCode === 401 && signature !== 'missing'),
    SignedRequestsRefused: Number(isRefused && signature === 'right'),
    RequestsRefused: Number(isRefused),
    RequestsFailed: Number(statusCode >= 500),
    RequestsBusy: Number(statusCode === 503 && outcome?.unsent.length === 0),
  };
}

interface TriggerCounts {
  queued: number;
  duplicates: number;
  /** Queued events that cancel its runs; absent if there are none. */
  cancels?: number;
}

function countByTrigger({ outcome, repeated = [] }: Reception): Record<string, TriggerCounts> | undefined {
  if (outcome === undefined) {
    return undefined;
  }
  const byTrigger = new Map<string, TriggerCounts>();
  const count = (triggers: readonly string[], column: keyof TriggerCounts): void => {
    for (const trigger of triggers) {
      const counts: TriggerCounts = byTrigger.get(trigger) ?? { queued: 0, duplicates: 0 };
      counts[column] = (counts[column] ?? 0) + 1;
      byTrigger.set(trigger, counts);
    }
  };
  count(startedBy(outcome.queued), 'queued');
  count(startedBy(outcome.duplicates), 'duplicates');
  count(startedBy(repeated), 'duplicates');
  const cancelled = outcome.queued.flatMap(({ cancels }) => cancels);
  count(cancelled, 'cancels');
  return Object.fromEntries(byTrigger);
}

function startedBy(events: readonly WantedEvent[]): readonly string[] {
  return events.flatMap(({ triggers }) => triggers);
}
