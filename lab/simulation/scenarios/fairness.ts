import { median } from '../../statistics.ts';
import { limitProblems } from '../measures/limitKept.ts';
import { importRuns } from '../runs/importRuns.ts';
import { newRun, subjectOf } from '../runs/newRuns.ts';
import { sendRuns } from '../runs/sendRuns.ts';
import { SimulatedWorld } from '../world/simulatedWorld.ts';
import { startMs } from '../world/worldOptions.ts';
import { personaTriggers } from './backlogTriggers.ts';
import { type Plan, worldOn } from './plans.ts';
import { type Scenario, type ScenarioOptions, type ScenarioResult, seconds } from './scenario.ts';

/** Single runs of other triggers beside a backlog. */
export interface FairnessOptions {
  readonly plan: Plan;
  readonly runs: number;
  /** Whether the backlog is parked, or arrives while the single runs do. */
  readonly isParked: boolean;
  /** How many single runs there are, one to two minutes apart. */
  readonly singles: number;
}

const minuteMs = 60_000;
const mostMs = 2 * minuteMs;
/** Each of them has a run every dozen minutes or so. */
const others = Array.from({ length: 8 }, (_none, index) => `other-${index}`);

export function fairnessScenario(options: FairnessOptions): Scenario {
  const { plan, runs, isParked, singles } = options;
  const { requestsPerMinute } = plan;
  return {
    name: `fairness-${requestsPerMinute}-${isParked ? 'parked' : 'arriving'}`,
    description: `single runs beside ${runs.toLocaleString('en')} of one trigger that ${isParked ? 'are parked' : 'still arrive'}, at ${requestsPerMinute} requests a minute: each starts within 2 minutes`,
    seconds: Math.round((requestsPerMinute * 1.5 * singles + (isParked ? 0 : runs / 2)) / 700),
    run: (scenarioOptions) => runFairness(options, scenarioOptions),
  };
}

async function runFairness(
  options: FairnessOptions,
  { seed, progress }: ScenarioOptions,
): Promise<ScenarioResult> {
  const { plan, runs, isParked, singles } = options;
  const world = new SimulatedWorld(worldOn(plan, { triggers: personaTriggers(['many', ...others]), seed }));
  const forMs = 1.5 * minuteMs * singles;
  if (isParked) {
    await importRuns(world, [{ trigger: 'many', count: runs }]);
  } else {
    sendRuns(world, { trigger: 'many', count: runs, fromMs: startMs + minuteMs, forMs });
  }
  const arrivals = new Map<string, number>();
  let atMs = startMs + 3 * minuteMs;
  for (let index = 0; index < singles; index += 1) {
    const trigger = others[index % others.length] ?? '';
    const arrivesAtMs = atMs;
    arrivals.set(subjectOf(trigger, index), arrivesAtMs);
    world.time.at(arrivesAtMs, () => void world.arrive([newRun(trigger, index, arrivesAtMs)]));
    atMs += minuteMs * (1 + world.random());
  }
  for (let minute = 10; startMs + minute * minuteMs < atMs; minute += 10) {
    await world.time.runUntil(startMs + minute * minuteMs);
    progress(`minute ${minute}`);
  }
  await world.time.runUntil(atMs + 5 * minuteMs);
  return judge(world, arrivals);
}

function judge(world: SimulatedWorld, arrivals: ReadonlyMap<string, number>): ScenarioResult {
  const waits = new Map<string, number>();
  for (const { subject = '', atMs } of world.mavera.calls) {
    const arrivedAtMs = arrivals.get(subject);
    if (arrivedAtMs !== undefined && !waits.has(subject)) {
      waits.set(subject, atMs - arrivedAtMs);
    }
  }
  const waitMs = [...waits.values()];
  const longest = Math.max(...waitMs);
  const missing = arrivals.size - waits.size;
  return {
    figures: [
      { name: `${arrivals.size} single runs start after: median`, value: seconds(median(waitMs)) },
      { name: '… at most', value: seconds(longest), must: `≤ ${seconds(mostMs)}` },
    ],
    failures: [
      ...(missing > 0 ? [`${missing} single runs did not start within 5 minutes`] : []),
      ...(longest > mostMs ? [`a single run started only after ${seconds(longest)}`] : []),
      ...limitProblems(world),
      ...world.evidence.troubles.slice(0, 3),
    ],
  };
}
