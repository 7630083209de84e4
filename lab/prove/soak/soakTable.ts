import { formatTable } from '../../../cli/formatTable.ts';
import { megabytes, type SoakVerdict } from './judgeSoak.ts';

/** The figures of the table. */
export interface SoakFigures extends SoakVerdict {
  readonly events: number;
  readonly requests: number;
  readonly repeated: number;
  readonly retries: number;
  readonly killedReceivers: number;
  readonly killedRunners: number;
  readonly killedDispatchers: number;
  readonly pauses: number;
  readonly duplicatedMessages: number;
}

/** A line for each figure, then one for each process that lived long enough for a trend. */
export function soakTable(figures: SoakFigures): string {
  const { trends, unfinished, lost, twice } = figures;
  const rows: readonly (readonly [string, number])[] = [
    ['events', figures.events],
    ['events sent again', figures.repeated],
    ['requests', figures.requests],
    ['requests tried again by the sender', figures.retries],
    ['receivers killed', figures.killedReceivers],
    ['runners killed', figures.killedRunners],
    ['dispatchers killed', figures.killedDispatchers],
    ['times that all runs were parked', figures.pauses],
    ['messages delivered twice', figures.duplicatedMessages],
    ['not finished', unfinished.length],
    ['lost', lost.length],
    ['done twice', twice.length],
  ];
  const memory = trends.map(({ name, tenthsBytes, peakBytes }) => [
    `MB of ${name}, by tenths`,
    `${tenthsBytes.map(megabytes).join(' ')}, at most ${megabytes(peakBytes)}`,
  ]);
  return formatTable(
    [{ heading: '' }, { heading: '' }],
    [...rows.map(([name, value]) => [name, value.toLocaleString('en')]), ...memory],
  );
}
