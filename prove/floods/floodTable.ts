import { judgeKind } from './judgeFloods.ts';
import type { EnvironmentMemory, FloodObservation, KindObservation } from './observation.ts';

/** What was sent and answered, a line for each kind of flood, and what memory it took. */
export function floodTable(seen: FloodObservation): string {
  const rows = [
    ['flood', 'requests', 'answers', 'good events beside it', ''],
    ...seen.kinds.map((kind) => [
      kind.name,
      count(kind.requests),
      answersOf(kind),
      count(kind.goodBeside),
      judgeKind(kind).length === 0 ? 'held' : 'BROKE',
    ]),
  ];
  return `${aligned(rows)}\n\n${aligned([
    ['memory', 'environments', 'limit', 'peak, first round', 'peak, second round', 'at the end'],
    ...memoryRows(seen.environments),
    ['front and servers', '', '', '', megabytes(seen.front.betweenMb), megabytes(seen.front.afterMb)],
  ])}`;
}

function answersOf({ answers }: KindObservation): string {
  return [...answers]
    .sort(([, a], [, b]) => b - a)
    .map(([answer, times]) => `${answer} × ${count(times)}`)
    .join(', ');
}

function memoryRows(environments: readonly EnvironmentMemory[]): readonly (readonly string[])[] {
  const byFunction = Map.groupBy(environments, ({ functionName }) => functionName);
  return [...byFunction].map(([name, some]) => [
    name,
    count(some.length),
    megabytes(Math.max(...some.map(({ limitMb }) => limitMb))),
    megabytes(Math.max(...some.map(({ firstPeakMb }) => firstPeakMb))),
    megabytes(Math.max(...some.map(({ secondPeakMb }) => secondPeakMb))),
    megabytes(Math.max(...some.map(({ lastMb }) => lastMb))),
  ]);
}

function aligned(rows: readonly (readonly string[])[]): string {
  const columns = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(columns[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function count(number: number): string {
  return number.toLocaleString('en');
}

function megabytes(number: number): string {
  return `${number.toFixed(0)} MB`;
}
