import { readFile, writeFile } from 'node:fs/promises';
import { addUnits, type LedgerUnits, noUnits } from '../../../simulators/aws/dynamodb/units.ts';
import { markdownTable } from '../../bench/document/markdownTable.ts';
import { replaceBlocks } from '../../document/replaceBlocks.ts';
import { LabError } from '../../labError.ts';
import { pagePath } from '../simulationPage.ts';
import { type CallPurpose, callPurposes } from './callPurposes.ts';
import { measureRunCalls, type RunCall } from './measureRunCalls.ts';
import { type RunKind, runKinds } from './runKinds.ts';

/** A kind of run, and the calls of the ledger that a run of it causes. */
export interface MeasuredKind {
  readonly kind: RunKind;
  readonly calls: readonly RunCall[];
}

/** Measures all kinds of runs. */
export async function measureKinds(): Promise<readonly MeasuredKind[]> {
  const measured: MeasuredKind[] = [];
  for (const kind of runKinds) {
    measured.push({ kind, calls: await measureRunCalls(kind) });
  }
  return measured;
}

/** What the calls of a run are billed as, together. */
export function unitsOfCalls(calls: readonly RunCall[]): LedgerUnits {
  return calls.reduce((sum, { units }) => addUnits(sum, units), noUnits);
}

/** Puts what was measured into docs/performance.md. */
export async function writeRunCalls(measured: readonly MeasuredKind[]): Promise<void> {
  await writeFile(pagePath, withRunCalls(await readFile(pagePath, 'utf8'), measured));
}

/**
 * The page with the tables of a run's calls.
 *
 * @throws LabError for a call whose purpose is not told
 */
export function withRunCalls(markdown: string, measured: readonly MeasuredKind[]): string {
  const page = { path: pagePath, markdown, writer: 'run-calls' };
  return replaceBlocks(page, { totals: totalsTable(measured), purposes: purposesTable(measured) });
}

/** What each kind of run is billed as; in brackets, what it was before. */
export function totalsTable(measured: readonly MeasuredKind[]): string {
  const lines = measured.map(({ kind: { trigger, description, before }, calls }) => {
    const units = unitsOfCalls(calls);
    const cell = (now: number, then: number): string => `${now} (${then})`;
    return [
      `\`${trigger.name}\`: ${description}`,
      cell(units.calls, before.calls),
      cell(units.writes, before.writes),
      cell(units.indexWrites, before.indexWrites),
      cell(units.reads, before.reads),
    ];
  });
  return markdownTable(['a run', 'calls', 'write units of the table', '… of the index', 'read units'], lines);
}

/**
 * What each call is for, and how often each kind of run makes it.
 *
 * @throws LabError for a call whose purpose is not told
 */
export function purposesTable(measured: readonly MeasuredKind[]): string {
  for (const { kind, calls } of measured) {
    for (const call of calls) {
      const found = callPurposes.filter(({ is }) => is(call));
      if (found.length !== 1) {
        const what = `${call.operation} ${call.items.join(' ')} ${call.notes.join(' ')}`;
        throw new LabError(
          `A run of ${kind.trigger.name} makes ${what}: ${found.length} purposes are told of it`,
        );
      }
    }
  }
  const lines = callPurposes.flatMap((purpose) => purposeLine(purpose, measured));
  const names = measured.map(({ kind }) => `\`${kind.trigger.name}\``);
  return markdownTable(['call', 'what for', 'without it', ...names], lines);
}

/** No line for a call that none of the runs makes. */
function purposeLine(
  { name, isFor, without, is }: CallPurpose,
  measured: readonly MeasuredKind[],
): readonly (readonly string[])[] {
  const cells = measured.map(({ calls }) => {
    const { calls: count, writes, indexWrites, reads } = unitsOfCalls(calls.filter(is));
    const units = [
      ...(writes > 0 ? [`${writes}${indexWrites > 0 ? ` + ${indexWrites}` : ''} W`] : []),
      ...(reads > 0 ? [`${reads} R`] : []),
    ];
    return count === 0 ? '' : `${count}: ${units.join(', ')}`;
  });
  return cells.every((cell) => cell === '') ? [] : [[name, isFor, without, ...cells]];
}
