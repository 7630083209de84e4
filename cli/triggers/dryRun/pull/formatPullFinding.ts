import { counted } from '../../../ops/format/counted.ts';
import { duration } from '../../../ops/format/duration.ts';
import { formatFinding } from '../formatFinding.ts';
import type { ItemOutcome, PullDryEnd, PullFinding } from './pullFinding.ts';

const noRun: Readonly<Record<Exclude<ItemOutcome, 'run'>, string>> = {
  left_out: 'left out by the filter or the sample',
  beyond: 'beyond atMost',
  unusable: 'no event can be made of it',
  repeated: 'the same item was there before',
};

/** What a dry run of a pull has come across, for people; `undefined` for what is not shown. */
export function formatPullFinding(finding: PullFinding): string | undefined {
  switch (finding.outcome) {
    case 'called':
      return `step ${finding.step}  ${finding.sentence}`;
    case 'read_file':
      return `step ${finding.step}  Read ${finding.file}.`;
    case 'substituted':
      return `step ${finding.step}  ${finding.operation} was not called: ${finding.what}.`;
    case 'waits': {
      const why = finding.detail === undefined ? '' : `: ${finding.detail}`;
      return `step ${finding.step}  Waits ${duration(finding.waitMs)}${why}.`;
    }
    case 'item': {
      const { place, event, properties, userId, comesTo } = finding;
      const user = userId === undefined ? '' : ` of user ${userId}`;
      const why = comesTo === 'run' ? '' : `\n    starts nothing: ${noRun[comesTo]}`;
      return `\n${place}  ${event}${user}\n    ${JSON.stringify(properties)}${why}`;
    }
    case 'ended':
      return undefined;
    default:
      return formatFinding(finding);
  }
}

/** How it ended, the counts, and the credits, for people. */
export function summarizePull(findings: readonly PullFinding[], { why, detail, counts }: PullDryEnd): string {
  const runs = findings.filter((finding) => finding.outcome === 'run');
  const credits = runs.reduce((sum, { estimatedCredits }) => sum + estimatedCredits, 0);
  const { steps, calls, rows, items, leftOut, beyond, unusable } = counts;
  const number = (value: number): string => value.toLocaleString('en');
  const parts = [
    `${counted(items, 'item')} in ${counted(steps, 'step')}, ${counted(calls, 'call')}`,
    ...(rows === 0 ? [] : [counted(rows, 'row')]),
    `${counted(runs.length, 'request')}, about ${number(credits)} credits`,
    ...(leftOut === 0 ? [] : [`${number(leftOut)} left out`]),
    ...(beyond === 0 ? [] : [`${number(beyond)} beyond atMost`]),
    ...(unusable === 0 ? [] : [`${number(unusable)} that cannot be used`]),
  ];
  const end = why === 'failed' ? `FAILED: ${detail}` : why === 'done' ? 'It is done.' : `${detail}`;
  return (
    `${end}\n\n${parts.join('; ')}.\n` +
    'Only reads were made; nothing was queued or kept. A pull of a deployment starts only what has changed since.'
  );
}
