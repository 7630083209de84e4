import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askMave, defineTriggers, updatePersona } from '../../functions/index.ts';
import { keptKey } from '../../functions/ledger/keys.ts';
import type { RunMessage } from '../../functions/queue/runMessage.ts';
import type { HandledDelivery } from '../../functions/run/handleDelivery.ts';
import type { SegmentEvent } from '../../functions/sources/segment/event.ts';
import { startTestRunner, type TestRunner } from './testRunner.ts';
import { startWorld, type World } from './world.ts';

const when = 'event = "x"';
const persona = ({ events }: { readonly events: readonly SegmentEvent[] }) => ({
  name: 'Customer',
  description: events.map(({ properties }) => properties.plan).join(', '),
});
const triggers = defineTriggers([
  { name: 'persona', when, run: updatePersona(persona, { per: 'user' }) },
  {
    name: 'collecting',
    when,
    run: updatePersona(persona, { per: 'user' }),
    collect: { per: 'user', count: 2, within: '1h' },
  },
  { name: 'thread', when, run: askMave(() => ({ message: 'Why?' }), { thread: 'per-user' }) },
]);

let world: World;
let runner: TestRunner;
/** Ahead of the real time, so that a test need not wait. */
let aheadMs = 0;
const now = (): number => Date.now() + aheadMs;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  aheadMs = 0;
  runner = await startTestRunner(world, triggers, { now, onTrouble: () => undefined, simulator: { now } });
});

afterEach(() => runner.stop());

const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

/** A run whose event tells the plan of its user. */
function runFor(plan: string, times: Partial<SegmentEvent>, trigger = 'persona'): RunMessage {
  const run = runner.runOf(trigger);
  const event = { ...run.event, ...times, properties: { plan } };
  return { ...run, deadlineAtMs: run.receivedAtMs + 96 * 3_600_000, event };
}

const happenedAt = (timestamp: string, trigger?: string): RunMessage =>
  runFor(timestamp, { timestamp }, trigger);

/** Delivers a run again and again, passing over the time in between, until it no longer waits. */
async function deliverToEnd(run: RunMessage): Promise<HandledDelivery> {
  let handled = await runner.deliver(run);
  for (let deliveries = 0; handled.outcome === 'waiting' && deliveries < 50; deliveries += 1) {
    aheadMs += (handled.waitMs ?? 0) + 1_000;
    handled = await runner.deliver({ ...run, notBeforeMs: 0 });
  }
  return handled;
}

const callsOf = (method: string): number =>
  runner.mavera.calls().filter((call) => call.method === method && call.path.startsWith('/personas')).length;
const described = (): readonly unknown[] =>
  runner.mavera.personas().map(({ description }) => `${description}`.replace(/\s*\[run .*\]$/, ''));

const outdated = { outcome: 'skipped', reason: 'outdated' };
const done = { outcome: 'done' };

describe('a delayed older event of a kept persona', () => {
  it('is skipped before the call when a newer one has updated the persona', async () => {
    const [first, older, newer] = [30, 20, 10].map(minutesAgo) as [string, string, string];
    await runner.deliver(happenedAt(first));
    await runner.deliver(happenedAt(newer));
    const delayed = happenedAt(older);
    expect(await runner.deliver(delayed)).toMatchObject(outdated);
    expect([callsOf('POST'), callsOf('PATCH')]).toEqual([1, 1]);
    expect(described()).toEqual([newer]);
    expect(await runner.itemOf(delayed)).toMatchObject({
      state: 'skipped',
      detail: `Its event is from ${older}; the persona of its key was last updated with an event from ${newer}`,
    });
    expect(await runner.published()).toContainEqual(
      expect.objectContaining({ runId: delayed.runId, state: 'skipped', reason: 'outdated' }),
    );
  });

  it('is skipped when a newer one has created the persona, even if the answer was lost and recovered', async () => {
    runner.mavera.inject({ path: '/personas', method: 'POST', kind: 'cut-after', times: 1 });
    expect(await deliverToEnd(happenedAt(minutesAgo(10)))).toMatchObject({ ...done, recovery: 'found' });
    expect(await runner.deliver(happenedAt(minutesAgo(20)))).toMatchObject(outdated);
    expect([callsOf('POST'), callsOf('PATCH')]).toEqual([1, 0]);
  });

  it('is skipped when the answer to the newer update was lost and the update was repeated', async () => {
    await runner.deliver(happenedAt(minutesAgo(30)));
    runner.mavera.inject({ path: '*', method: 'PATCH', kind: 'cut-after', times: 1 });
    expect(await deliverToEnd(happenedAt(minutesAgo(10)))).toMatchObject(done);
    expect(await runner.deliver(happenedAt(minutesAgo(20)))).toMatchObject(outdated);
    expect(callsOf('PATCH')).toBe(2);
  });

  it('is not repeated after a lost answer when a newer one has updated the persona in between', async () => {
    const [first, older, newer] = [30, 20, 10].map(minutesAgo) as [string, string, string];
    await runner.deliver(happenedAt(first));
    runner.mavera.inject({ path: '*', method: 'PATCH', kind: 'cut-before', times: 1 });
    const lost = happenedAt(older);
    expect(await runner.deliver(lost)).toMatchObject({ outcome: 'waiting', reason: 'answer_lost' });
    await runner.deliver(happenedAt(newer));
    expect(await deliverToEnd(lost)).toMatchObject(outdated);
    expect(described()).toEqual([newer]);
  });

  it('is made when an operator redrives it, and the newer time stays', async () => {
    const [oldest, older, newer] = [30, 20, 10].map(minutesAgo) as [string, string, string];
    await runner.deliver(happenedAt(newer));
    const delayed = happenedAt(older);
    expect(await runner.deliver(delayed)).toMatchObject(outdated);
    expect(await runner.deliver({ ...delayed, redrive: 'once-more' })).toMatchObject(done);
    expect(described()).toEqual([older]);
    expect(await runner.deliver(happenedAt(oldest))).toMatchObject(outdated);
    expect(await runner.deliver(happenedAt(minutesAgo(15)))).toMatchObject(outdated);
  });

  it('is skipped when its collected events are all older than those of an earlier collection', async () => {
    const collect = async (...minutes: readonly number[]): Promise<HandledDelivery | undefined> => {
      const handled: HandledDelivery[] = [];
      for (const each of minutes) {
        handled.push(await runner.deliver(happenedAt(minutesAgo(each), 'collecting')));
      }
      return handled.at(-1);
    };
    expect(await collect(10, 40)).toMatchObject({ ...done, collected: 2 });
    expect(await collect(30, 20)).toMatchObject({ ...outdated, collected: 2 });
    expect(await collect(50, 5)).toMatchObject({ ...done, collected: 2 });
    expect(callsOf('PATCH')).toBe(1);
  });

  it('is skipped when a newer collection was recovered after a lost answer', async () => {
    await runner.deliver(happenedAt(minutesAgo(10), 'collecting'));
    runner.mavera.inject({ path: '/personas', method: 'POST', kind: 'cut-after', times: 1 });
    const closer = happenedAt(minutesAgo(40), 'collecting');
    expect(await deliverToEnd(closer)).toMatchObject({ ...done, recovery: 'found' });
    await runner.deliver(happenedAt(minutesAgo(30), 'collecting'));
    expect(await runner.deliver(happenedAt(minutesAgo(20), 'collecting'))).toMatchObject(outdated);
  });
});

describe('an event of a kept persona goes ahead', () => {
  it('after one whose client has its clock in 2099', async () => {
    const ahead = { timestamp: '2099-01-01T00:00:00.000Z', receivedAt: minutesAgo(20) };
    expect(await runner.deliver(runFor('ahead', ahead))).toMatchObject(done);
    expect(await runner.deliver(happenedAt(minutesAgo(10)))).toMatchObject(done);
    expect(await runner.deliver(happenedAt(minutesAgo(30)))).toMatchObject(outdated);
    expect(callsOf('PATCH')).toBe(1);
  });

  it('when it happened at the same time as the last update', async () => {
    const timestamp = minutesAgo(10);
    await runner.deliver(happenedAt(timestamp));
    expect(await runner.deliver(happenedAt(timestamp))).toMatchObject(done);
    expect(callsOf('PATCH')).toBe(1);
  });

  it('when the newer update has failed', async () => {
    await runner.deliver(happenedAt(minutesAgo(30)));
    runner.mavera.inject({ path: '*', method: 'PATCH', kind: 'status', status: 400, times: 1 });
    expect(await runner.deliver(happenedAt(minutesAgo(10)))).toMatchObject({ outcome: 'failed' });
    expect(await runner.deliver(happenedAt(minutesAgo(20)))).toMatchObject(done);
  });

  it('when the release that kept the persona noted no event time, and its own time counts from then on', async () => {
    await runner.deliver(happenedAt(minutesAgo(5)));
    const [{ id = '' } = {}] = runner.mavera.personas();
    await runner.dependencies.keptIds.forget(keptKey('persona', 'u-1'), id);
    await runner.dependencies.keptIds.keep(keptKey('persona', 'u-1'), id, now());
    expect(await runner.deliver(happenedAt(minutesAgo(20)))).toMatchObject(done);
    expect(await runner.deliver(happenedAt(minutesAgo(30)))).toMatchObject(outdated);
    expect(callsOf('PATCH')).toBe(1);
  });

  it('when a newer event is of another user', async () => {
    await runner.deliver(happenedAt(minutesAgo(10)));
    const other = runFor('pro', { timestamp: minutesAgo(20), userId: 'u-2' });
    expect(await runner.deliver(other)).toMatchObject(done);
  });
});

it('a thread is continued by older events as well, because a question overwrites nothing', async () => {
  await runner.deliver(happenedAt(minutesAgo(10), 'thread'));
  expect(await runner.deliver(happenedAt(minutesAgo(20), 'thread'))).toMatchObject(done);
  expect(runner.mavera.threads().map(({ messages }) => messages.length)).toEqual([4]);
});
