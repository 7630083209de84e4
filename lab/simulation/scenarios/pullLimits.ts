import { audiencePreview } from '../../../functions/pulls/profiles/profileIds.ts';
import { segmentAudiences } from '../../../functions/pulls/segmentAudiences.ts';
import { segmentProfiles } from '../../../functions/pulls/segmentProfiles.ts';
import { askMave } from '../../../functions/triggers/actions.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { SimulatedTime } from '../../../simulators/time/simulatedTime.ts';
import { previewsAMonth, SimulatedSegment, type WatchedLimit } from '../segment/simulatedSegment.ts';
import { PullerWorld } from '../world/pullerWorld.ts';
import type { Scenario, ScenarioOptions, ScenarioResult } from './scenario.ts';

export interface PullLimitsOptions {
  readonly name: string;
  readonly seconds: number;
  /** One or two. */
  readonly spaces: number;
  /** Pulls that preview an audience, as many in each space. */
  readonly previews: number;
  /** Pulls that list the audiences of a space. */
  readonly lists: number;
  readonly days: number;
  /** How often all of them start, at the same moment. */
  readonly everyMs: number;
  /** Rows of a preview. */
  readonly sample: number;
}

/** The last days of one month, and the next one. */
const startMs = Date.parse('2026-11-27T06:00:00Z');
const dayMs = 86_400_000;

/** Pulls that all start at the same moment, again and again, with crashes: no limit of Segment is ever exceeded. */
export function pullLimitsScenario(options: PullLimitsOptions): Scenario {
  const { name, seconds, previews, lists, days } = options;
  return {
    name,
    seconds,
    description:
      `${previews} pulls of audience previews and ${lists} of audiences that start at the same moment, ` +
      `for ${days} days, with crashes: Segment's limits hold`,
    run: (given) => runPulls(options, given),
  };
}

async function runPulls(
  { spaces, previews, lists, days, everyMs, sample }: PullLimitsOptions,
  { seed, progress }: ScenarioOptions,
): Promise<ScenarioResult> {
  const time = new SimulatedTime(startMs);
  // No randomness of the world: how long the network takes must not change what else happens.
  const segment = new SimulatedSegment({ time, random: () => 0.5, audiences: 450, sample });
  const triggers = triggersOf(spaces, previews, lists);
  const world = new PullerWorld({ triggers, time, segment, seed, deaths: 0.02, twice: 0.01 });
  const endMs = startMs + days * dayMs;
  for (let atMs = startMs; atMs < endMs; atMs += everyMs) {
    await time.runUntil(atMs);
    const occurrence = new Date(atMs).toISOString();
    for (const { name } of triggers) {
      world.start(name, occurrence);
    }
  }
  await time.runUntil(endMs + dayMs);
  progress(`${world.puller.invocations} invocations, ${world.puller.deaths} deaths`);
  return judge(world, segment, time.now());
}

function triggersOf(spaces: number, previews: number, lists: number): readonly Trigger[] {
  const trigger = (name: string, from: NonNullable<Trigger['from']>): Trigger => ({
    name,
    from,
    every: '1d',
    run: askMave(() => ({ message: 'Why?' })),
  });
  return [
    ...Array.from({ length: previews }, (_, index) =>
      trigger(
        `preview-${index}`,
        segmentProfiles({
          space: `spa_${1 + (index % spaces)}`,
          of: audiencePreview(`aud_${index}`),
          traits: ['plan'],
        }),
      ),
    ),
    ...Array.from({ length: lists }, (_, index) =>
      trigger(`audiences-${index}`, segmentAudiences({ space: 'spa_1' })),
    ),
  ];
}

function judge(world: PullerWorld, segment: SimulatedSegment, nowMs: number): ScenarioResult {
  const { reports, pulls, puller } = world;
  const ended = reports.flatMap((report) => (report.what === 'ended' ? [report] : []));
  const done = ended.filter(({ status }) => status === 'done');
  const ofQuota = ended.filter(({ detail = '' }) => detail.includes('allows in a month are used up'));
  const others = ended.filter((report) => report.status !== 'done' && !ofQuota.includes(report));
  const mostPreviews = Math.max(0, ...segment.previews.values());
  return {
    figures: [
      ...segment.limits.map((limit) => ({
        name: `most ${limit.name} in any ${limit.perMs / 1000} s, of ${limit.calls.toLocaleString('en')}`,
        value: String(limit.busiest.greatest),
        must: `at most ${limit.requests}`,
      })),
      {
        name: 'most previews of a space in a month',
        value: String(mostPreviews),
        must: `at most ${previewsAMonth}`,
      },
      { name: 'occurrences done', value: done.length.toLocaleString('en') },
      { name: 'occurrences that found the month used up, and said so', value: String(ofQuota.length) },
      { name: 'environments that died', value: String(puller.deaths) },
    ],
    failures: [
      ...segment.limits.flatMap(exceeded),
      ...(mostPreviews > previewsAMonth ? [`${mostPreviews} previews of a space in a month`] : []),
      ...others.map(({ trigger, status, detail }) => `${trigger} ended as ${status}: ${detail}`),
      ...(done.length === 0 ? ['no occurrence was done'] : []),
      ...(pulls.depth > 0 ? [`${pulls.depth} messages are left at ${new Date(nowMs).toISOString()}`] : []),
      ...(pulls.dead.length > 0 ? [`${pulls.dead.length} messages were dead-lettered`] : []),
    ],
  };
}

function exceeded({ name, requests, perMs, busiest, refused }: WatchedLimit): readonly string[] {
  return busiest.greatest > requests || refused > 0
    ? [`${busiest.greatest} ${name} in ${perMs / 1000} s, ${refused} refused`]
    : [];
}
