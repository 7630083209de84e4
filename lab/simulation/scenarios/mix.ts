import {
  askMave,
  createPersona,
  defineTriggers,
  runFocusGroup,
  type Trigger,
} from '../../../functions/index.ts';
import { OperatorDesk } from '../../../functions/ledger/operatorDesk.ts';
import { judgeRuns } from '../measures/judgeRuns.ts';
import { limitProblems } from '../measures/limitKept.ts';
import { pacing } from '../measures/pacing.ts';
import { importRuns } from '../runs/importRuns.ts';
import { SimulatedWorld } from '../world/simulatedWorld.ts';
import { startMs, usualTroubles } from '../world/worldOptions.ts';
import { type Plan, worldOn } from './plans.ts';
import { percent, type Scenario, type ScenarioOptions, type ScenarioResult } from './scenario.ts';

/** Everything at once. */
export interface MixOptions {
  readonly plan: Plan;
  readonly minutes: number;
}

const minuteMs = 60_000;
const personaCredits = 300;
/** The budget of one trigger pays for so many runs. */
const paidRuns = 50;
const leastShare = 0.95;
/** Mavera is down for this time, from this minute on. */
const down = { fromMinute: 16, minutes: 4 } as const;
/** After it the breaker may stay open for as long as Mavera was down; then one run has to probe. */
const recoveryMinutes = 7;
/** A trigger is paused from the beginning, and resumed then. */
const resumedAtMinute = 25;

const persona = createPersona(({ event }) => ({ name: event.userId ?? '', description: 'A customer.' }));

const triggers: readonly Trigger[] = defineTriggers([
  { name: 'heavy', when: 'event = "x"', run: persona, weight: 3 },
  { name: 'light', when: 'event = "x"', run: persona },
  {
    name: 'spent',
    when: 'event = "x"',
    run: persona,
    budget: { credits: paidRuns * personaCredits, per: 'month' },
  },
  { name: 'funded', when: 'event = "x"', run: persona, budget: { credits: 1e9, per: 'month' } },
  { name: 'paused', when: 'event = "x"', run: persona },
  { name: 'asks', when: 'event = "x"', run: askMave(({ event }) => ({ message: event.userId ?? '' })) },
  {
    name: 'groups',
    when: 'event = "x"',
    run: runFocusGroup(({ event }) => ({ workspace_id: 'w', name: event.userId, questions: ['Why?'] })),
  },
]);

export function mixScenario(options: MixOptions): Scenario {
  const { plan, minutes } = options;
  return {
    name: `mix-${plan.requestsPerMinute}`,
    description: `polls, lost answers, a spent budget beside a full one, an open breaker, a paused trigger and weights, at ${plan.requestsPerMinute} requests a minute`,
    seconds: Math.round((plan.requestsPerMinute * minutes) / 500),
    run: (scenarioOptions) => runMix(options, scenarioOptions),
  };
}

async function runMix(
  { plan, minutes }: MixOptions,
  { seed, progress }: ScenarioOptions,
): Promise<ScenarioResult> {
  const fromMs = startMs + down.fromMinute * minuteMs;
  const options = worldOn(plan, {
    triggers,
    seed,
    troubles: { ...usualTroubles, lostAnswers: 0.01 },
    down: { fromMs, untilMs: fromMs + down.minutes * minuteMs },
  });
  const world = new SimulatedWorld(options);
  const count = plan.requestsPerMinute * minutes;
  await importRuns(
    world,
    triggers.map(({ name }) => ({ trigger: name, count })),
  );
  const desk = new OperatorDesk(world.ledger);
  await desk.pause('paused', startMs);
  world.time.at(startMs + resumedAtMinute * minuteMs, () => void desk.resume('paused'));
  for (let minute = 5; minute < minutes; minute += 5) {
    await world.time.runUntil(startMs + minute * minuteMs);
    progress(`minute ${minute}: ${world.mavera.calls.length} calls`);
  }
  await world.time.runUntil(startMs + minutes * minuteMs);
  return judge(world, count, minutes);
}

function judge(world: SimulatedWorld, count: number, minutes: number): ScenarioResult {
  const { requestsPerMinute } = world.options;
  const at = (minute: number): number => startMs + minute * minuteMs;
  const callsAtMs = world.mavera.calls.map(({ atMs }) => atMs);
  const before = pacing(callsAtMs, requestsPerMinute, at(2), at(down.fromMinute));
  const after = pacing(
    callsAtMs,
    requestsPerMinute,
    at(down.fromMinute + down.minutes + recoveryMinutes),
    at(minutes),
  );
  const worst = Math.min(before.worst, after.worst);
  const works = worksByTrigger(world);
  const ratio = (works.get('heavy') ?? 0) / Math.max(1, works.get('light') ?? 0);
  const spent = works.get('spent') ?? 0;
  const early = world.mavera.calls.filter(
    ({ subject = '', atMs }) => subject.startsWith('paused-') && atMs < at(resumedAtMinute),
  ).length;
  const { twice } = judgeRuns(
    world,
    triggers.map(({ name }) => ({ trigger: name, count })),
  );
  const downCalls = callsAtMs.filter(
    (ms) => ms >= at(down.fromMinute) && ms < at(down.fromMinute + down.minutes),
  );
  return {
    figures: [
      {
        name: 'share of the limit used while Mavera is well, worst 10 minutes',
        value: percent(worst),
        must: '≥ 95 %',
      },
      {
        name: 'most calls within 60 s',
        value: String(world.mavera.busiestWindow),
        must: `≤ ${requestsPerMinute}`,
      },
      { name: 'calls in 4 minutes in which Mavera is down', value: String(downCalls.length) },
      { name: 'runs of weight 3 for each of weight 1', value: ratio.toFixed(2), must: '2.7 to 3.3' },
      { name: `runs of a budget for ${paidRuns}`, value: String(spent), must: `≤ ${paidRuns}` },
      { name: 'runs of the budget beside it', value: String(works.get('funded') ?? 0) },
      { name: 'calls of a paused trigger', value: String(early), must: '0' },
      { name: 'questions to Mave, at most 10 at once', value: String(works.get('asks') ?? 0) },
      { name: 'focus groups, at most 5 at once', value: String(works.get('groups') ?? 0) },
      { name: 'runs done twice', value: String(twice), must: '0' },
    ],
    failures: [
      ...(worst < leastShare ? [`only ${percent(worst)} of the limit were used in some 10 minutes`] : []),
      ...(ratio < 2.7 || ratio > 3.3 ? [`weights of 3 and 1 gave ${ratio.toFixed(2)} to 1`] : []),
      ...(spent > paidRuns ? [`a budget for ${paidRuns} runs paid for ${spent}`] : []),
      ...(early > 0 ? [`a paused trigger made ${early} calls`] : []),
      ...(twice > 0 ? [`${twice} runs were done twice`] : []),
      ...limitProblems(world),
    ],
  };
}

/** How many runs of each trigger Mavera has done. */
function worksByTrigger({ mavera }: SimulatedWorld): ReadonlyMap<string, number> {
  const works = new Map<string, number>();
  for (const { isWork, subject, status } of mavera.calls) {
    if (isWork && status >= 200 && status < 300 && subject !== undefined) {
      const trigger = subject.slice(0, subject.lastIndexOf('-'));
      works.set(trigger, (works.get(trigger) ?? 0) + 1);
    }
  }
  return works;
}
