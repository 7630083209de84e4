import { formatTable } from '../../cli/formatTable.ts';
import { sum } from '../statistics.ts';
import type { ProofResult } from './proof.ts';

/** A proof that was tried. */
export interface FinishedProof {
  readonly name: string;
  readonly seconds: number;
  readonly result: ProofResult;
}

/** Counts that must be 0. They are the last columns. */
const mustBeNone: ReadonlySet<string> = new Set(['not finished', 'lost', 'twice']);

/** A row for each proof and one for the sums, a column for each count. */
export function summaryTable(finished: readonly FinishedProof[]): string {
  const counted = [...new Set(finished.flatMap(({ result }) => Object.keys(result.counts)))].toSorted(
    (a, b) => Number(mustBeNone.has(a)) - Number(mustBeNone.has(b)),
  );
  const total: FinishedProof = {
    name: 'in all',
    seconds: sum(finished.map(({ seconds }) => seconds)),
    result: {
      table: '',
      counts: Object.fromEntries(
        counted.map((name) => [name, sum(finished.map(({ result }) => result.counts[name] ?? 0))]),
      ),
      failures: finished.flatMap(({ result }) => result.failures),
    },
  };
  return formatTable(
    [
      { heading: '' },
      ...[...counted, 'failures', 'time'].map((heading) => ({ heading, align: 'right' }) as const),
    ],
    [...finished, total].map(({ name, seconds, result: { counts, failures } }) => [
      name,
      ...counted.map((column) => counts[column]?.toLocaleString('en') ?? ''),
      String(failures.length),
      `${seconds} s`,
    ]),
  );
}
