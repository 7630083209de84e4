import { formatTable } from '../../../../cli/formatTable.ts';
import { type Step, stepName } from '../crashCase.ts';
import type { FaultKind } from '../fault.ts';
import { isOfSystem } from '../planCases.ts';
import { type PullCase, pullAwsFaults, pullSystemFaults, type Special, specials } from './pullCase.ts';

/** The result of a case. */
export interface PullVerdict {
  readonly pullCase: PullCase;
  readonly hasMet: boolean;
  readonly problems: readonly string[];
}

/** The calls of an occurrence to which nothing happens. */
export type KnownPulls = Readonly<Record<PullCase['kind'], readonly Step[]>>;

const titles: Readonly<Record<PullCase['kind'], string>> = {
  pages: 'pull three pages',
  contacts: 'pull an export of contacts',
};

/**
 * Steps by faults, a block for each kind of pull, and a line for each other thing that goes wrong. A cell is how many cases held,
 * `FAILED` if one did not, `-` if the step was not reached, nothing if there was no such case.
 */
export function pullMatrixTable(known: KnownPulls, verdicts: readonly PullVerdict[]): string {
  return [
    callsTable(known, pullAwsFaults, (call) => !isOfSystem(call), verdicts),
    callsTable(known, pullSystemFaults, isOfSystem, verdicts),
    specialsTable(verdicts),
  ].join('\n');
}

function callsTable(
  known: KnownPulls,
  faults: readonly FaultKind[],
  isOne: (call: string) => boolean,
  verdicts: readonly PullVerdict[],
): string {
  const kinds = Object.entries(known) as [PullCase['kind'], readonly Step[]][];
  const rows = kinds.flatMap(([kind, steps]) => [
    [titles[kind], ...faults],
    ...steps
      .filter(({ call }) => isOne(call))
      .map((step) => [
        `  ${stepName(step)}`,
        ...faults.map((fault) => cell(verdicts.filter((verdict) => isAt(verdict, kind, step, fault)))),
      ]),
    [],
  ]);
  const columns = faults.map(() => ({ heading: '', align: 'right' }) as const);
  return formatTable([{ heading: '' }, ...columns], rows);
}

function isAt({ pullCase }: PullVerdict, kind: PullCase['kind'], step: Step, fault: FaultKind): boolean {
  const { point, special } = pullCase;
  const isSame = point !== undefined && stepName(point.step) === stepName(step) && point.fault === fault;
  return special === undefined && pullCase.kind === kind && isSame;
}

function cell(verdicts: readonly PullVerdict[]): string {
  if (verdicts.some(({ problems }) => problems.length > 0)) {
    return 'FAILED';
  }
  const met = verdicts.filter(({ hasMet }) => hasMet).length;
  return met > 0 ? String(met) : verdicts.length > 0 ? '-' : '';
}

function specialsTable(verdicts: readonly PullVerdict[]): string {
  const rows = (Object.keys(specials) as Special[]).flatMap((special) =>
    verdicts
      .filter(({ pullCase }) => pullCase.special === special)
      .map(({ pullCase, problems }) => [
        titles[pullCase.kind],
        special,
        problems.length === 0 ? 'held' : 'FAILED',
      ]),
  );
  return formatTable([{ heading: 'what is pulled' }, { heading: 'what goes wrong' }, { heading: '' }], rows);
}
