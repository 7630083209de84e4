import type { Log } from '../observability/log.ts';
import type { PullReport } from './pullDependencies.ts';

/** Logs what a pull says of itself as one line, whose message is a sentence. */
export function logPull(log: Log, report: PullReport): void {
  const { what, ...fields } = report;
  log.info(pullSentence(report), { record: 'pull', what, ...fields });
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

function countsText({
  items,
  runs,
  unchanged,
  leftOut,
  beyond,
  unusable,
}: Extract<PullReport, { what: 'ended' }>['counts']): string {
  const parts = [
    `${items} items`,
    `${runs} runs`,
    ...(unchanged === 0 ? [] : [`${unchanged} unchanged`]),
    ...(leftOut === 0 ? [] : [`${leftOut} left out by the filter or the sample`]),
    ...(beyond === 0 ? [] : [`${beyond} beyond atMost, for the next occurrence`]),
    ...(unusable === 0 ? [] : [`${unusable} that cannot be used`]),
  ];
  return parts.join(', ');
}
