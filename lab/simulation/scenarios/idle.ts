import { OperatorDesk } from '../../../functions/ledger/operatorDesk.ts';
import { type Bill, billOf } from '../measures/parkingCost.ts';
import { importRuns } from '../runs/importRuns.ts';
import { SimulatedWorld } from '../world/simulatedWorld.ts';
import { startMs } from '../world/worldOptions.ts';
import { personaTriggers } from './backlogTriggers.ts';
import { fastPlan, worldOn } from './plans.ts';
import type { Scenario, ScenarioOptions, ScenarioResult } from './scenario.ts';

const hourMs = 3_600_000;

/** Parked runs of a paused trigger: how many of them there are must not matter. */
export function idleScenario(few: number, many: number): Scenario {
  return {
    name: 'waiting',
    description: `an hour of ${many.toLocaleString('en')} parked runs that may not go: no call for any of them`,
    seconds: 15,
    run: (options) => runIdle(few, many, options),
  };
}

async function runIdle(
  few: number,
  many: number,
  { seed, progress }: ScenarioOptions,
): Promise<ScenarioResult> {
  const little = await hourOf(few, seed);
  progress(`${few} runs: done`);
  const much = await hourOf(many, seed);
  const figure = (name: string, of: (bill: Bill) => number, must?: string) => ({
    name: `${name}: ${few.toLocaleString('en')} and ${many.toLocaleString('en')} runs`,
    value: `${of(little).toLocaleString('en')} and ${of(much).toLocaleString('en')}`,
    must,
  });
  const differences = [
    ['calls of the ledger', ({ ledger }: Bill) => ledger.calls],
    ['requests to SQS', ({ queueRequests }: Bill) => queueRequests],
    ['invocations', ({ invocations }: Bill) => invocations],
  ] as const;
  return {
    figures: [
      ...differences.map(([name, of]) => figure(`${name} in an hour`, of, 'nearly the same')),
      figure('write units', ({ ledger }) => ledger.writes + ledger.indexWrites),
      figure('read units', ({ ledger }) => ledger.reads),
    ],
    failures: differences.flatMap(([name, of]) =>
      of(much) > of(little) + many / 100
        ? [`${name}: ${of(little)} with few runs, ${of(much)} with many`]
        : [],
    ),
  };
}

async function hourOf(count: number, seed: number): Promise<Bill> {
  const world = new SimulatedWorld(worldOn(fastPlan, { triggers: personaTriggers(['many']), seed }));
  await importRuns(world, [{ trigger: 'many', count }]);
  await new OperatorDesk(world.ledger).pause('many', startMs);
  await world.time.runUntil(startMs + hourMs);
  return billOf(world, 'dispatcher');
}
