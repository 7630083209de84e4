import { type Column, formatTable } from '../../../cli/formatTable.ts';
import { judgeKind } from './judgeFloods.ts';
import type { FloodObservation, KindObservation } from './observation.ts';

/** Requests and answers of each kind of flood, then the memory and the CPU that they took. */
export function floodTable(seen: FloodObservation): string {
  const floods = seen.kinds.map((kind) => [
    kind.name,
    count(kind.requests),
    answersOf(kind),
    count(kind.goodBeside),
    judgeKind(kind).length === 0 ? 'held' : 'BROKE',
  ]);
  const headings = ['flood', 'requests', 'answers', 'good events beside it', ''];
  const cpu = `most CPU of the receiver for one request: ${seen.receiverCpu.mostSeconds.toFixed(1)} s`;
  return [formatTable(columns(headings), floods), memoryTable(seen), cpu].join('\n\n');
}

function answersOf({ answers }: KindObservation): string {
  return [...answers]
    .sort(([, a], [, b]) => b - a)
    .map(([answer, times]) => `${answer} × ${count(times)}`)
    .join(', ');
}

function memoryTable({ environments, live }: FloodObservation): string {
  const headings = [
    'memory',
    'processes',
    'limit',
    'peak of round 1',
    'of round 2',
    'needed at first',
    'at the end',
  ];
  const rows = live.map(({ name, told, firstMb, lastMb }) => {
    const own = environments.filter(({ functionName }) => functionName === name);
    const most = (member: 'limitMb' | 'firstPeakMb' | 'secondPeakMb'): string =>
      own.length === 0 ? '' : megabytes(Math.max(...own.map((environment) => environment[member])));
    const resident = [most('limitMb'), most('firstPeakMb'), most('secondPeakMb')];
    return [name, count(told[1]), ...resident, megabytes(firstMb), megabytes(lastMb)];
  });
  return formatTable(columns(headings), rows);
}

function columns(headings: readonly string[]): readonly Column[] {
  return headings.map((heading) => ({ heading }));
}

function count(number: number): string {
  return number.toLocaleString('en');
}

function megabytes(number: number): string {
  return `${number.toFixed(0)} MB`;
}
