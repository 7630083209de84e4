import { OperatorDesk } from '../../../functions/ledger/operatorDesk.ts';
import { type Bill, billOf, billPerRun, dollarsPerMillion } from '../measures/parkingCost.ts';
import { runId } from '../runs/newRuns.ts';
import { sendRuns } from '../runs/sendRuns.ts';
import { SimulatedWorld } from '../world/simulatedWorld.ts';
import { startMs, usualTroubles } from '../world/worldOptions.ts';
import { personaTriggers } from './backlogTriggers.ts';
import { type Plan, worldOn } from './plans.ts';
import type { Figure, Scenario, ScenarioOptions, ScenarioResult } from './scenario.ts';

/** Runs that are all parked once. */
export interface CostOptions {
  readonly plan: Plan;
  readonly runs: number;
}

const minuteMs = 60_000;
const mostDollars = 10;
const mostDeliveries = 3;
const trigger = 'many';
/** By then, all have arrived and are parked. */
const parkedAfterMs = 10 * minuteMs;

export function costScenario(options: CostOptions): Scenario {
  const { plan, runs } = options;
  return {
    name: `cost-${plan.requestsPerMinute}`,
    description: `what it costs to admit, park and dispatch runs of 2 KB, at ${plan.requestsPerMinute} requests a minute: under $10 a million, at most 3 deliveries`,
    seconds: Math.round(runs / 500),
    run: (scenarioOptions) => runCost(options, scenarioOptions),
  };
}

/**
 * Runs arrive while their trigger is paused, so all are parked. Then it is resumed. The bill has their admission, which every
 * run has, and all that the dispatcher does. It does not have the delivery in which a run makes its call.
 */
async function runCost(
  { plan, runs }: CostOptions,
  { seed, progress }: ScenarioOptions,
): Promise<ScenarioResult> {
  const world = new SimulatedWorld(
    worldOn(plan, {
      triggers: personaTriggers([trigger]),
      seed,
      // A message that comes twice, or late, costs a delivery that has nothing to do with parking.
      troubles: { ...usualTroubles, twice: 0, late: 0 },
    }),
  );
  const desk = new OperatorDesk(world.ledger);
  await desk.pause(trigger, startMs);
  const fromMs = startMs + 3 * minuteMs;
  await world.time.runUntil(fromMs);
  const admission = { before: billOf(world, 'runner') };
  sendRuns(world, { trigger, count: runs, fromMs, forMs: minuteMs });
  await world.time.runUntil(fromMs + parkedAfterMs);
  const admitted = billPerRun(billOf(world, 'runner'), admission.before, runs);
  const parked = world.evidence.outcomes.get('waiting trigger_paused') ?? 0;
  progress(`${parked} runs are parked`);
  const before = billOf(world, 'dispatcher');
  await desk.resume(trigger);
  await world.time.runUntil(
    world.time.now() + (runs / plan.requestsPerMinute) * 1.05 * minuteMs + 2 * minuteMs,
  );
  const dispatched = billPerRun(billOf(world, 'dispatcher'), before, runs);
  return judge(world, runs, parked, [
    ['admission and parking', admitted],
    ['dispatch', dispatched],
  ]);
}

function judge(
  world: SimulatedWorld,
  runs: number,
  parked: number,
  bills: readonly (readonly [string, Bill])[],
): ScenarioResult {
  const dollars = bills.reduce((sum, [, bill]) => sum + dollarsPerMillion(bill), 0);
  const deliveries = Array.from(
    { length: runs },
    (_none, index) => world.evidence.deliveries.get(runId(trigger, index)) ?? 0,
  );
  const most = Math.max(...deliveries);
  const mean = deliveries.reduce((sum, one) => sum + one, 0) / runs;
  const done = world.evidence.outcomes.get('done') ?? 0;
  return {
    figures: [
      ...bills.flatMap(([name, bill]) => billFigures(name, bill)),
      { name: 'dollars a million parked runs, once', value: dollars.toFixed(2), must: `< ${mostDollars}` },
      { name: 'deliveries of a run: most', value: String(most), must: `≤ ${mostDeliveries}` },
      { name: '… mean', value: mean.toFixed(2) },
    ],
    failures: [
      ...(dollars >= mostDollars ? [`parking costs $${dollars.toFixed(2)} a million runs`] : []),
      ...(most > mostDeliveries ? [`a run was delivered ${most} times`] : []),
      ...(parked < runs ? [`only ${parked} of ${runs} runs were parked`] : []),
      ...(done < runs ? [`only ${done} of ${runs} runs are done`] : []),
      ...world.evidence.troubles.slice(0, 3),
    ],
  };
}

function billFigures(name: string, bill: Bill): readonly Figure[] {
  const { ledger, queueRequests, invocations, billedMs } = bill;
  return [
    { name: `${name} of a run: write units of the table`, value: ledger.writes.toFixed(2) },
    { name: '… write units of the indexes', value: ledger.indexWrites.toFixed(2) },
    { name: '… read units', value: ledger.reads.toFixed(2) },
    { name: '… requests to SQS', value: queueRequests.toFixed(2) },
    { name: '… invocations', value: invocations.toFixed(2) },
    { name: '… billed time, ms', value: billedMs.toFixed(0) },
    { name: '… dollars a million', value: dollarsPerMillion(bill).toFixed(2) },
  ];
}
