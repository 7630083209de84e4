import type { Log } from '../observability/log.ts';
import type { MetricName, MetricValues } from '../observability/metrics.ts';
import type { PullDelivery } from './handleDelivery.ts';
import type { PullReport } from './pullDependencies.ts';
import { parsePullMessage } from './pullMessage.ts';

type Ended = Extract<PullReport, { readonly what: 'ended' }>;

const metricOfStatus: Readonly<Record<Ended['status'], MetricName>> = {
  done: 'PullsDone',
  failed: 'PullsFailed',
  stopped: 'PullsStopped',
};

/** Logs what a pull says of itself as one line with its metrics, whose message is a sentence. */
export function logPull(log: Log, report: PullReport): void {
  const { what, ...fields } = report;
  log.info(pullSentence(report), { record: 'pull', what, ...fields }, { values: metricsOf(report) });
}

/** Logs a delivery that failed. Its message comes back. */
export function logFailedPull(
  log: Log,
  error: unknown,
  { body, receiveCount }: Pick<PullDelivery, 'body' | 'receiveCount'>,
): void {
  const fields = { ...aboutOf(body), receiveCount };
  log.error('A step of a pull has failed', error, fields, { values: { PullDeliveriesFailed: 1 } });
}

function metricsOf(report: PullReport): MetricValues {
  switch (report.what) {
    case 'started':
      return { PullsStarted: 1 };
    case 'skipped':
      return { PullsSkipped: 1 };
    case 'waits':
      return { PullsWaiting: 1 };
    case 'passedOver':
      // Counted when the occurrence ends.
      return {};
    case 'ended': {
      const { status, counts, startedAtMs, endedAtMs } = report;
      return {
        [metricOfStatus[status]]: 1,
        PullCalls: counts.calls,
        PullRows: counts.rows,
        PullItems: counts.items,
        PullItemsUnchanged: counts.unchanged,
        PullItemsBeyond: counts.beyond,
        PullItemsUnusable: counts.unusable,
        PullRuns: counts.runs,
        PullDuration: endedAtMs - startedAtMs,
      };
    }
  }
}

/** Which occurrence a message is about, if it is one of a pull. */
function aboutOf(body: string): Partial<Pick<PullReport, 'trigger' | 'occurrence'>> {
  try {
    const { trigger, occurrence } = parsePullMessage(body);
    return { trigger, occurrence };
  } catch {
    return {};
  }
}

/**
 * What a pull says of itself, as a sentence.
 *
 * @example 'Pull audience-persona (segmentAudiences) is done: 12 items, 3 runs, 9 unchanged.'
 */
export function pullSentence(report: PullReport): string {
  const pull = `Pull ${report.trigger} (${report.kind})`;
  switch (report.what) {
    case 'started':
      return `${pull} has started: occurrence ${report.occurrence}.`;
    case 'skipped':
      return `${pull} is skipped. ${report.detail}.`;
    case 'passedOver':
      return `${pull} passes over what cannot be used. ${report.detail}.`;
    case 'waits':
      return `${pull} waits until ${new Date(report.untilMs).toISOString()}: ${report.detail}.`;
    case 'ended': {
      const how = report.status === 'done' ? 'is done' : `has ${report.status}`;
      const why = report.detail === undefined ? '' : ` ${report.detail}.`;
      return `${pull} ${how}: ${countsText(report.counts)}.${why}`;
    }
  }
}

function countsText({ items, runs, unchanged, leftOut, beyond, unusable }: Ended['counts']): string {
  const parts = [
    `${items} ${items === 1 ? 'item' : 'items'}`,
    `${runs} ${runs === 1 ? 'run' : 'runs'}`,
    ...(unchanged === 0 ? [] : [`${unchanged} unchanged`]),
    ...(leftOut === 0 ? [] : [`${leftOut} left out by the filter or the sample`]),
    ...(beyond === 0 ? [] : [`${beyond} beyond atMost, for the next occurrence`]),
    ...(unusable === 0 ? [] : [`${unusable} that cannot be used`]),
  ];
  return parts.join(', ');
}
