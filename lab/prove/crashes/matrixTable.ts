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
 * Steps by faults, a block for each scenario: how many cases held, `FAILED` where one did not, `-` where the step was not
 * reached, nothing where there is no such fault.
 */
export function matrixTable(known: readonly KnownScenario[], verdicts: readonly CaseVerdict[]): string {
  const stepWidth = Math.max(
    ...known.flatMap(({ steps }) => steps.map((step) => stepName(step).length + 4)),
    12,
  );
  const heading = headings.map((text) => text.padStart(text.length + 2)).join('');
  return known
    .flatMap(({ scenario, steps }) => [
      `${scenario.name.padEnd(stepWidth)}${heading}`,
      ...steps.map((step) => {
        const cells = columns.map((fault, index) => {
          const met = verdicts.filter(
            ({ crashCase }) => crashCase.scenario === scenario && isAt(crashCase, step, fault),
          );
          return cell(met).padStart((headings[index] ?? '').length + 2);
        });
        return `  ${stepName(step).padEnd(stepWidth - 2)}${cells.join('')}`.trimEnd();
      }),
      '',
    ])
    .join('\n');
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
