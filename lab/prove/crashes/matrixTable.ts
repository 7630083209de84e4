import { formatTable } from '../../../cli/formatTable.ts';
import { type CrashCase, type Step, stepName } from './crashCase.ts';
import { awsFaults, type FaultKind, maveraFaults, systemFaults } from './fault.ts';
import { isMaveras, isOfSystem, type KnownScenario } from './planCases.ts';

/** The result of a case: how many of its faults it met, and what is wrong. */
export interface CaseVerdict {
  readonly crashCase: CrashCase;
  readonly met: number;
  readonly problems: readonly string[];
  /** How many reports to SegOps came again, because an answer was lost. */
  readonly reportedAgain: number;
}

/**
 * Steps by faults, a block for each scenario, first the calls to AWS, then those to Mavera, then those to other systems. A cell is how many cases held,
 * `FAILED` if one did not, `-` if the step was not reached, nothing if there is no such fault.
 */
export function matrixTable(known: readonly KnownScenario[], verdicts: readonly CaseVerdict[]): string {
  const callsTo = (isTo: (call: string) => boolean): readonly KnownScenario[] =>
    known.map(({ scenario, steps }) => ({ scenario, steps: steps.filter(({ call }) => isTo(call)) }));
  return [
    callsTable(
      callsTo((call) => !isMaveras(call) && !isOfSystem(call)),
      awsFaults,
      verdicts,
    ),
    callsTable(callsTo(isMaveras), maveraFaults, verdicts),
    callsTable(callsTo(isOfSystem), systemFaults, verdicts),
  ].join('\n');
}

function callsTable(
  known: readonly KnownScenario[],
  faults: readonly FaultKind[],
  verdicts: readonly CaseVerdict[],
): string {
  const headings = faults.map((fault) => fault.replace('throttled', 'thr.').replace('throughout', 'all'));
  const rows = known
    .filter(({ steps }) => steps.length > 0)
    .flatMap(({ scenario, steps }) => [
      [scenario.name, ...headings],
      ...steps.map((step) => [
        `  ${stepName(step)}`,
        ...faults.map((fault) =>
          cell(
            verdicts.filter(
              ({ crashCase }) => crashCase.scenario === scenario && isAt(crashCase, step, fault),
            ),
          ),
        ),
      ]),
      [],
    ]);
  return formatTable(
    [{ heading: '' }, ...faults.map(() => ({ heading: '', align: 'right' }) as const)],
    rows,
  );
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
