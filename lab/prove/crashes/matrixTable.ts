import { formatTable } from '../../../cli/formatTable.ts';
import { type CrashCase, type Step, stepName } from './crashCase.ts';
import { awsFaults, type FaultKind, maveraFaults } from './fault.ts';
import type { KnownScenario } from './planCases.ts';

/** What a case came to: how many of its faults it has met, and what is wrong. */
export interface CaseVerdict {
  readonly crashCase: CrashCase;
  readonly met: number;
  readonly problems: readonly string[];
}

const columns: readonly FaultKind[] = [
  ...awsFaults,
  ...maveraFaults.filter((fault) => !(awsFaults as readonly FaultKind[]).includes(fault)),
];
const headings = columns.map((fault) => fault.replace('throttled', 'thr.').replace('throughout', 'all'));

/**
 * Steps by faults, a block for each scenario: how many cases held, `FAILED` if one did not, `-` if the step was not
 * reached, nothing if there is no such fault.
 */
export function matrixTable(known: readonly KnownScenario[], verdicts: readonly CaseVerdict[]): string {
  const rows = known.flatMap(({ scenario, steps }) => [
    [scenario.name, ...headings],
    ...steps.map((step) => [
      `  ${stepName(step)}`,
      ...columns.map((fault) =>
        cell(
          verdicts.filter(({ crashCase }) => crashCase.scenario === scenario && isAt(crashCase, step, fault)),
        ),
      ),
    ]),
    [],
  ]);
  const aligned = [{ heading: '' }, ...headings.map(() => ({ heading: '', align: 'right' }) as const)];
  return formatTable(aligned, rows);
}

function isAt({ points }: CrashCase, step: Step, fault: FaultKind): boolean {
  const [point] = points;
  return points.length === 1 && point?.fault === fault && stepName(point.step) === stepName(step);
}

function cell(verdicts: readonly CaseVerdict[]): string {
  if (verdicts.some(({ problems }) => problems.length > 0)) {
    return 'FAILED';
  }
  const met = verdicts.filter((verdict) => verdict.met > 0).length;
  return met > 0 ? String(met) : verdicts.length > 0 ? '-' : '';
}
