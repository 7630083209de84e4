import { judgeRuns } from '../measures/judgeRuns.ts';
import { limitProblems } from '../measures/limitKept.ts';
import { sendRuns } from '../runs/sendRuns.ts';
import { SimulatedWorld } from '../world/simulatedWorld.ts';
import { startMs, type Troubles } from '../world/worldOptions.ts';
import { personaTriggers } from './backlogTriggers.ts';
import { type Plan, worldOn } from './plans.ts';
import type { Scenario, ScenarioOptions, ScenarioResult } from './scenario.ts';

/** A day on which everything goes wrong. */
export const badDay: Troubles = {
  twice: 0.02,
  late: 0.05,
  runnerDeaths: 0.02,
  dispatcherDeaths: 0.6,
  scheduleSkipped: 0.3,
  scheduleTwice: 0.3,
  lostAnswers: 0.01,
};

/** Runs on such a day. */
export interface FaultsOptions {
  readonly plan: Plan;
  readonly runs: number;
  readonly troubles?: Troubles;
}

const minuteMs = 60_000;
/** Runs whose delivery died come back after their message's visibility timeout, some of them more than once. */
const patienceMinutes = 240;

export function faultsScenario(options: FaultsOptions): Scenario {
  const { plan, runs } = options;
  return {
    name: `faults-${plan.requestsPerMinute}`,
    description: `${runs.toLocaleString('en')} runs while dispatcher and runners die at their calls, the schedule skips and fires twice, messages come late and twice, answers are lost: none lost, none done twice`,
    seconds: Math.round(runs / 300),
    run: (scenarioOptions) => runFaults(options, scenarioOptions),
  };
}

async function runFaults(
  { plan, runs, troubles = badDay }: FaultsOptions,
  { seed, progress }: ScenarioOptions,
): Promise<ScenarioResult> {
  const world = new SimulatedWorld(worldOn(plan, { triggers: personaTriggers(['many']), seed, troubles }));
  sendRuns(world, { trigger: 'many', count: runs, fromMs: startMs + 2 * minuteMs, forMs: minuteMs });
  const mostMinutes = runs / plan.requestsPerMinute + patienceMinutes;
  let counts = judgeRuns(world, [{ trigger: 'many', count: runs }]);
  for (let minute = 5; minute < mostMinutes && counts.states.get('done') !== runs; minute += 5) {
    await world.time.runUntil(startMs + minute * minuteMs);
    counts = judgeRuns(world, [{ trigger: 'many', count: runs }]);
    progress(`minute ${minute}: ${counts.states.get('done') ?? 0} runs are done`);
  }
  const { states, twice } = counts;
  const done = states.get('done') ?? 0;
  const dead = [...world.queues.values()].reduce((sum, queue) => sum + queue.dead.length, 0);
  return {
    figures: [
      { name: 'runs done', value: done.toLocaleString('en'), must: runs.toLocaleString('en') },
      { name: 'runs done twice', value: String(twice), must: '0' },
      { name: 'runners that died', value: String(world.runner.deaths) },
      { name: 'dispatchers that died', value: String(world.dispatcher.deaths) },
      { name: 'passes that came to their end', value: String(world.evidence.passes) },
      { name: 'dead letters of SQS', value: String(dead) },
    ],
    failures: [
      ...(done < runs ? [`${runs - done} runs are not done: ${[...states].join(' ')}`] : []),
      ...(twice > 0 ? [`${twice} runs were done twice`] : []),
      ...limitProblems(world),
    ],
  };
}
