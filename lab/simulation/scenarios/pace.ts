import { limitProblems } from '../measures/limitKept.ts';
import { pacing } from '../measures/pacing.ts';
import { importRuns } from '../runs/importRuns.ts';
import { sendRuns } from '../runs/sendRuns.ts';
import { SimulatedWorld } from '../world/simulatedWorld.ts';
import { startMs } from '../world/worldOptions.ts';
import { personaTriggers } from './backlogTriggers.ts';
import { type Plan, worldOn } from './plans.ts';
import { percent, type Scenario, type ScenarioOptions, type ScenarioResult } from './scenario.ts';

/** A backlog to work off. */
export interface BacklogOptions {
  readonly plan: Plan;
  readonly runs: number;
  /** Whether they are parked from the beginning, or still have to arrive. */
  readonly areImported: boolean;
  /** When the simulation ends, if the backlog is not worked off before. */
  readonly mostMinutes: number;
}

const minuteMs = 60_000;
/** From the third minute on. */
const fromMinute = 2;
const leastShare = 0.95;
/** Requests of 100 events each, one every 40 ms. */
const arrivalsPerSecond = 2_500;

export function paceScenario(options: BacklogOptions): Scenario {
  const { plan, runs, areImported, mostMinutes } = options;
  const { requestsPerMinute } = plan;
  const calls = Math.min(runs, requestsPerMinute * mostMinutes);
  return {
    name: `pace-${requestsPerMinute}-${runs}`,
    description: `${runs.toLocaleString('en')} runs ${areImported ? 'parked' : 'that arrive at once'}, at ${requestsPerMinute} requests a minute: at least 95 % used`,
    seconds: Math.round((calls + (areImported ? 0 : runs / 2)) / 700),
    run: (scenarioOptions) => runPace(options, scenarioOptions),
  };
}

async function runPace(
  options: BacklogOptions,
  { seed, progress }: ScenarioOptions,
): Promise<ScenarioResult> {
  const { plan, runs, areImported, mostMinutes } = options;
  const { requestsPerMinute } = plan;
  const world = new SimulatedWorld(worldOn(plan, { triggers: personaTriggers(['many']), seed }));
  if (areImported) {
    await importRuns(world, [{ trigger: 'many', count: runs }]);
  } else {
    const forMs = (runs / arrivalsPerSecond) * 1000;
    sendRuns(world, { trigger: 'many', count: runs, fromMs: startMs + 2 * minuteMs, forMs });
  }
  const beginsAtMs = startMs + (areImported ? 0 : 2 * minuteMs);
  const isOver = (): boolean => workCalls(world).length >= runs;
  for (let minute = 1; minute <= mostMinutes + 2 && !isOver(); minute += 1) {
    await world.time.runUntil(startMs + minute * minuteMs);
    if (minute % 10 === 0) {
      progress(`minute ${minute}: ${workCalls(world).length.toLocaleString('en')} runs have started`);
    }
  }
  const works = workCalls(world);
  // Until one minute's slots are left.
  const endsAtMs = works[runs - requestsPerMinute - 1] ?? world.time.now();
  const callsAtMs = world.mavera.calls.map(({ atMs }) => atMs);
  const used = pacing(callsAtMs, requestsPerMinute, beginsAtMs + fromMinute * minuteMs, endsAtMs);
  return {
    figures: [
      { name: 'share of the limit used, worst 10 minutes', value: percent(used.worst), must: '≥ 95 %' },
      { name: '… mean', value: percent(used.mean) },
      {
        name: 'most calls within 60 s',
        value: String(world.mavera.busiestWindow),
        must: `≤ ${requestsPerMinute}`,
      },
      { name: 'runs started', value: works.length.toLocaleString('en') },
    ],
    failures: [
      ...(used.worst < leastShare
        ? [`only ${percent(used.worst)} of the limit were used in some 10 minutes`]
        : []),
      ...limitProblems(world),
      ...world.evidence.troubles.slice(0, 3),
    ],
  };
}

function workCalls({ mavera }: SimulatedWorld): readonly number[] {
  return mavera.calls.filter(({ isWork }) => isWork).map(({ atMs }) => atMs);
}
