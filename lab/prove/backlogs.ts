import { formatTable } from '../../cli/formatTable.ts';
import { faultsScenario } from '../simulation/scenarios/faults.ts';
import { mixScenario } from '../simulation/scenarios/mix.ts';
import { fastPlan, middlePlan } from '../simulation/scenarios/plans.ts';
import { shortScenarios } from '../simulation/scenarios/scenarios.ts';
import type { Proof, ProofOptions, ProofResult } from './proof.ts';

/** Backlogs on simulated time: a part of what `npm run simulate` runs. */
export const backlogs: Proof = {
  name: 'backlogs',
  description: 'parked runs on simulated time: paced, fair, at the planned cost, 0 lost, 0 twice',
  run: proveBacklogs,
};

const fullScenarios = [
  ...shortScenarios,
  mixScenario({ plan: middlePlan, minutes: 40 }),
  faultsScenario({ plan: fastPlan, runs: 5_000 }),
];

async function proveBacklogs({ progress, isShort, seed }: ProofOptions): Promise<ProofResult> {
  const scenarios = isShort ? shortScenarios : fullScenarios;
  const rows: string[][] = [];
  const failures: string[] = [];
  for (const scenario of scenarios) {
    progress(`backlogs: ${scenario.name}`);
    const result = await scenario.run({
      seed,
      progress: (line) => progress(`backlogs: ${scenario.name}: ${line}`),
    });
    rows.push(
      ...result.figures.map(({ name, value, must }, index) => [
        index === 0 ? scenario.name : '',
        name,
        value,
        must === undefined ? '' : `must be ${must}`,
      ]),
    );
    failures.push(...result.failures.map((failure) => `${scenario.name}, --seed ${seed}: ${failure}`));
  }
  const columns = [
    { heading: 'backlogs' },
    { heading: 'figure' },
    { heading: 'value', align: 'right' },
    { heading: '' },
  ] as const;
  return { table: formatTable(columns, rows), counts: { 'backlogs simulated': scenarios.length }, failures };
}
