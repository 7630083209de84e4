import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followerRunId } from '../../functions/ledger/keys.ts';
import { redriveNonce } from '../../functions/ledger/runs.ts';
import { type RunMessage, writeRunMessage } from '../../functions/queue/runMessage.ts';
import { handleDelivery } from '../../functions/run/handleDelivery.ts';
import { askMave } from '../../functions/triggers/actions.ts';
import { trigger } from '../../functions/triggers/defineTrigger.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { type ParkingWorld, runIn, startMs, startParkingWorld } from './parkingWorld.ts';
import type { RunnerOptions } from './runnerWorld.ts';
import { startWorld, type World } from './world.ts';

const why = trigger(
  { name: 'why', when: 'type = "track"' },
  askMave(({ event }) => ({ message: `Why does ${event.userId} leave?` })),
);
const voice = trigger(
  { name: 'voice', after: why },
  askMave(({ result }) => ({ message: `Say it shorter: ${result.content}` })),
);
const loud = trigger(
  { name: 'loud', after: voice },
  askMave(({ result }) => ({ message: `Louder: ${result.content}` })),
);

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

async function start(
  triggers: readonly Trigger[],
  options: Partial<RunnerOptions> = {},
): Promise<ParkingWorld> {
  return await startParkingWorld(world, triggers, { requestsPerMinute: 600, ...options });
}

const minute = 60_000;

describe('a trigger with `after`', () => {
  it('starts a run when a run of that trigger is done, and so on along the chain', async () => {
    const system = await start([why, voice, loud]);
    const first = system.runOf('why');
    await system.deliver(first, 'intake');
    const handled = await system.work(startMs + minute);
    const done = handled.filter(({ outcome }) => outcome === 'done').map(({ run }) => run);
    expect(done.map((run) => run?.trigger)).toEqual(['why', 'voice', 'loud']);
    const voiceId = followerRunId(first.runId, undefined, 'voice');
    expect(done[1]).toMatchObject({
      runId: voiceId,
      event: first.event,
      source: 'segment',
      route: 'default',
    });
    expect(done[2]?.runId).toBe(followerRunId(voiceId, undefined, 'loud'));
    const { result } = (await system.runner.runs.readEnd(first.runId))?.end ?? {};
    const { content } = JSON.parse(result ?? '{}') as { readonly content: string };
    expect(await system.runner.runs.readRequest(voiceId)).toMatchObject({
      body: { message: `Say it shorter: ${content}` },
    });
    await system.stop();
  });

  it('starts nothing when the run fails or is skipped', async () => {
    const failing = trigger(
      { name: 'why', when: 'type = "track"' },
      askMave(() => {
        throw new Error('no');
      }),
    );
    const system = await start([failing, { ...voice, after: failing }]);
    await system.deliver(system.runOf('why'), 'ready');
    expect(system.sent().map(({ queue }) => queue)).toEqual(['dead-letters']);
    const stale = { ...why, staleAfter: '1m' } as const;
    const other = await start([stale, { ...voice, after: stale }]);
    await other.deliver(other.runOf('why', { receivedAtMs: startMs - 2 * minute }), 'ready');
    expect(other.sent()).toEqual([]);
    await system.stop();
    await other.stop();
  });

  it('has its own time: `staleAfter` and the deadline count from the end of the run that it follows', async () => {
    const fresh = { ...voice, staleAfter: '1m' } as const;
    const system = await start([why, fresh], { settings: { runDeadlineMs: 3_600_000 } as never });
    const event = { ...system.runOf('why').event, timestamp: new Date(startMs - 60 * minute).toISOString() };
    await system.deliver(system.runOf('why', { receivedAtMs: startMs - 60 * minute, event }), 'ready');
    const [follower] = system.sent().map(runIn);
    expect(follower).toMatchObject({
      receivedAtMs: system.now(),
      deadlineAtMs: system.now() + 3_600_000,
    });
    const handled = await system.deliver(follower as RunMessage, 'ready');
    expect(handled.outcome).toBe('done');
    system.pass(2 * minute);
    const late = { ...(follower as RunMessage), runId: 'e'.repeat(40) };
    expect(await system.deliver(late, 'ready')).toMatchObject({ outcome: 'skipped', reason: 'stale' });
    await system.stop();
  });

  it('is started again when the run that it follows is redriven, and once however often that end is announced', async () => {
    const system = await start([why, voice]);
    const run = system.runOf('why');
    await system.deliver(run, 'ready');
    const [first] = system.sent().map(runIn);
    // The delivery died before its message was deleted: the message comes back.
    const body = writeRunMessage(run);
    const repeat = { body, door: 'ready', receiveCount: 2, remainingMs: 170_000 } as const;
    expect(await handleDelivery(repeat, system.runner)).toMatchObject({ outcome: 'repeated' });
    expect(system.sent().map(runIn)).toEqual([first]);
    const { finishedAtMs = 0 } = (await system.runner.runs.readEnd(run.runId)) ?? {};
    const redrive = redriveNonce(finishedAtMs);
    await system.deliver({ ...run, redrive }, 'ready');
    const [again] = system.sent().map(runIn);
    expect(again?.runId).toBe(followerRunId(run.runId, redrive, 'voice'));
    expect(again?.runId).not.toBe(first?.runId);
    // A copy of the first message does not know of the redrive, and announces the run's last end.
    expect(await handleDelivery(repeat, system.runner)).toMatchObject({ outcome: 'repeated' });
    expect(system.sent().map(runIn)).toEqual([again]);
    await system.stop();
  });

  it('is given all results when it collects, in the order in which they came', async () => {
    const compare = trigger(
      { name: 'compare', after: why, collect: { count: 3, within: '1h' } },
      askMave(({ results, events }) => ({
        message: `Compare ${results.map(({ content }) => content).join(' | ')} of ${events.map(({ userId }) => userId).join()}`,
      })),
    );
    const system = await start([why, compare]);
    const contents = [];
    for (const userId of ['ann', 'bob', 'cyd']) {
      const { event } = system.runOf('why');
      const run = system.runOf('why', { runId: runIdOf(userId), event: { ...event, userId } });
      await system.deliver(run, 'ready');
      const { end } = (await system.runner.runs.readEnd(run.runId)) ?? {};
      contents.push((JSON.parse(end?.result ?? '{}') as { readonly content: string }).content);
    }
    const handled = await system.work(startMs + 5 * minute);
    const compared = handled.find(({ outcome, run }) => outcome === 'done' && run?.trigger === 'compare');
    expect(await system.runner.runs.readRequest(compared?.run?.runId ?? '')).toMatchObject({
      body: { message: `Compare ${contents.join(' | ')} of ann,bob,cyd` },
    });
    await system.stop();
  });

  it('keeps the result as it was, whatever its functions do to it', async () => {
    const shorter = trigger(
      {
        name: 'shorter',
        after: why,
        only: ({ event, result }) => {
          Object.assign(result, { content: 'changed by only' });
          Object.assign(event, { userId: 'changed by only' });
          return true;
        },
      },
      askMave(({ result }) => {
        const { content } = result;
        Object.assign(result, { content: 'changed by the builder' });
        return { message: `Shorter: ${content}` };
      }),
    );
    const system = await start([why, shorter], { maveraBaseUrl: 'http://127.0.0.1:9/api/v1' });
    const after = { runId: runIdOf('ann'), trigger: 'why', result: { content: 'long' } };
    const follower = system.runOf('shorter', { version: 2, after });
    const { event } = structuredClone(follower);
    await system.deliver(follower, 'intake');
    const [admitted] = system.sent().map(runIn);
    expect(admitted).toMatchObject({ after, event });
    // Mavera cannot be reached: the run comes back, and its request is built again.
    await system.deliver({ ...(admitted as RunMessage), slotAtMs: undefined }, 'ready');
    const [again] = system.sent().map(runIn);
    expect(again).toMatchObject({ after, event });
    expect(await system.runner.runs.readRequest(follower.runId)).toMatchObject({
      body: { message: 'Shorter: long' },
    });
    await system.stop();
  });

  it('notes which run it follows, for those who look at it', async () => {
    const system = await start([why, voice]);
    const run = system.runOf('why');
    await system.deliver(run, 'ready');
    const [follower] = system.sent().map(runIn);
    await system.deliver(follower as RunMessage, 'ready');
    const item = await system.runner.ledger.readOne(`run#${follower?.runId}`);
    expect(item).toMatchObject({ afterRun: { S: run.runId }, afterTrigger: { S: 'why' } });
    await system.stop();
  });
});

function runIdOf(userId: string): string {
  return Buffer.from(userId.padEnd(20, '-')).toString('hex');
}
