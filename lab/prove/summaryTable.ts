import type { ProofResult } from './proof.ts';

/** A proof that was tried. */
export interface FinishedProof {
  readonly name: string;
  readonly seconds: number;
  readonly result: ProofResult;
}

const nameWidth = 12;
const numberWidth = 12;

/** What was tried and what came of it: a row for each proof, a column for each thing that was counted, and the sums. */
export function summaryTable(finished: readonly FinishedProof[]): string {
  const counted = [...new Set(finished.flatMap(({ result }) => Object.keys(result.counts)))];
  // What must be 0 stands at the end of a row.
  const columns = counted.toSorted((a, b) => Number(mustBeNone.has(a)) - Number(mustBeNone.has(b)));
  const width = (column: string): number => Math.max(column.length + 2, numberWidth);
  const row = (name: string, values: readonly string[]): string =>
    `${name.padEnd(nameWidth)}${values.join('')}`.trimEnd();
  const cells = (counts: Readonly<Record<string, number>>): readonly string[] =>
    columns.map((column) => (counts[column]?.toLocaleString('en') ?? '').padStart(width(column)));
  const sums = Object.fromEntries(
    columns.map((column) => [
      column,
      finished.reduce((sum, { result }) => sum + (result.counts[column] ?? 0), 0),
    ]),
  );
  const lastly = (failures: number, seconds: number): readonly string[] => [
    String(failures).padStart(numberWidth),
    `${seconds} s`.padStart(numberWidth),
  ];
  return [
    row('', [
      ...columns.map((column) => column.padStart(width(column))),
      'failures'.padStart(numberWidth),
      'time'.padStart(numberWidth),
    ]),
    ...finished.map(({ name, seconds, result }) =>
      row(name, [...cells(result.counts), ...lastly(result.failures.length, seconds)]),
    ),
    row('in all', [
      ...cells(sums),
      ...lastly(
        finished.reduce((sum, { result }) => sum + result.failures.length, 0),
        finished.reduce((sum, { seconds }) => sum + seconds, 0),
      ),
    ]),
  ].join('\n');
}

const mustBeNone: ReadonlySet<string> = new Set(['lost', 'twice']);
