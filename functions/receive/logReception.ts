import type { Log } from '../observability/log.ts';
import type { MetricValues } from '../observability/metrics.ts';
import type { Reception } from './receive.ts';
import type { WantedEvent } from './sortEvents.ts';

/** Invalid events that one line names; their number is always whole. */
const namedInvalid = 20;

/** The invocation that a request came with. */
export interface ReceiverInvocation {
  readonly durationMs: number;
  /** Whether it is the first of its environment. */
  readonly isColdStart: boolean;
}

/** Writes one line for one request, with its metrics: counts and reasons, no personal data. */
export function logReception(log: Log, reception: Reception, invocation: ReceiverInvocation): void {
  const { durationMs, isColdStart } = invocation;
  const { answer, source, route, detail, counts, outcome, invalid = [] } = reception;
  const fields = {
    source,
    route,
    status: answer.statusCode,
    detail,
    ...counts,
    triggers: countByTrigger(reception),
    busy: outcome?.busy.length,
    unsent: outcome?.unsent.length,
    bypassed: outcome?.bypassed,
    invalidEvents: invalid.length === 0 ? undefined : invalid.slice(0, namedInvalid),
    durationMs,
    coldStart: isColdStart ? true : undefined,
  };
  log.info('request', fields, { values: metricsOf(reception, invocation) });
}

function metricsOf(
  { answer, counts, outcome, invalid = [] }: Reception,
  { durationMs, isColdStart }: ReceiverInvocation,
): MetricValues {
  const { statusCode } = answer;
  return {
    RequestsAccepted: statusCode === 200 ? 1 : 0,
    SignatureRefused: statusCode === 401 ? 1 : 0,
    RequestsRefused: statusCode >= 400 && statusCode < 500 ? 1 : 0,
    RequestsFailed: statusCode >= 500 ? 1 : 0,
    EventsReceived: counts?.received ?? 0,
    EventsQueued: counts?.queued ?? 0,
    EventsDuplicate: counts?.duplicates ?? 0,
    EventsIgnored: counts?.ignored ?? 0,
    EventsInvalid: invalid.length,
    EventsStale: counts?.stale ?? 0,
    ClaimBypassed: outcome?.bypassed ?? 0,
    ReceiverDuration: durationMs,
    ColdStarts: isColdStart ? 1 : 0,
  };
}

interface TriggerCounts {
  queued: number;
  duplicates: number;
}

function countByTrigger({ outcome, repeated = [] }: Reception): Record<string, TriggerCounts> | undefined {
  if (outcome === undefined) {
    return undefined;
  }
  const byTrigger = new Map<string, TriggerCounts>();
  const count = (events: readonly WantedEvent[], column: keyof TriggerCounts): void => {
    for (const trigger of events.flatMap(({ triggers }) => triggers)) {
      const counts = byTrigger.get(trigger) ?? { queued: 0, duplicates: 0 };
      counts[column] += 1;
      byTrigger.set(trigger, counts);
    }
  };
  count(outcome.queued, 'queued');
  count(outcome.duplicates, 'duplicates');
  count(repeated, 'duplicates');
  return Object.fromEntries(byTrigger);
}
