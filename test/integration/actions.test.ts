import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  askMave,
  createPersona,
  defineTriggers,
  respondAs,
  runFocusGroup,
  updatePersona,
} from '../../functions/index.ts';
import { capKey } from '../../functions/ledger/caps.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import type { RunMessage } from '../../functions/queue/runMessage.ts';
import { ResultsTopic } from '../../functions/results/resultsTopic.ts';
import type { HandledDelivery } from '../../functions/run/handleDelivery.ts';
import type { SegmentEvent } from '../../functions/sources/segment/event.ts';
import { startTrackingServer, type TrackingServer } from '../../simulators/segment/trackingServer.ts';
import { startTestRunner, type TestRunner } from './testRunner.ts';
import { startWorld, type World } from './world.ts';

const when = 'event = "x"';
const persona = ({ event }: { readonly event: SegmentEvent }) => ({
  name: `Customer ${event.userId}`,
  description: `Signal: ${event.properties.signal_type}`,
});
let globalPersonaId = '';

const triggers = defineTriggers([
  {
    name: 'thread',
    when,
    run: askMave(({ event }) => ({ message: `And ${event.properties.signal_type}?` }), {
      thread: 'per-user',
    }),
  },
  { name: 'keep-persona', when, run: updatePersona(persona, { per: 'user' }) },
  {
    name: 'named-persona',
    when,
    run: updatePersona(() => ({ goals: ['stay'] }), { personaId: 'clx-unknown' }),
  },
  {
    name: 'respond',
    when,
    run: respondAs(() => ({ input: 'Would you stay?' }), {
      personaId: () => globalPersonaId,
      output: z.object({ wouldStay: z.boolean(), why: z.string(), score: z.int().min(1).max(5) }),
    }),
  },
  {
    name: 'misfit',
    when,
    run: respondAs(() => ({ input: 'Would you stay?' }), {
      personaId: () => globalPersonaId,
      output: z.object({ wouldStay: z.string().check(z.refine((text) => text === 'never so')) }),
    }),
  },
  {
    name: 'group',
    when,
    run: runFocusGroup(
      () => ({ workspace_id: 'ws_1', name: 'Why they left', questions: [{ text: 'Why?' }] }),
      { pollEvery: '5s' },
    ),
  },
  {
    name: 'failing-group',
    when,
    run: runFocusGroup(() => ({ workspace_id: 'ws_1', simulate_failure: true }), { pollEvery: '5s' }),
  },
  {
    name: 'report',
    when,
    run: createPersona(persona),
    toSegment: {
      track: true,
      identify: ({ result }) => ({ mavera_persona_id: result.personaId }),
    },
  },
  { name: 'cool', when, run: createPersona(persona), cooldown: { per: 'user', for: '24h' } },
  {
    name: 'bad-key',
    when,
    run: createPersona(persona),
    cooldown: {
      per: () => {
        throw new Error('no such trait');
      },
      for: '1h',
    },
  },
  {
    name: 'bad-collect',
    when,
    run: createPersona(persona),
    collect: {
      per: () => {
        throw new Error('no such group');
      },
      within: '1h',
    },
  },
  {
    name: 'bad-traits',
    when,
    run: createPersona(persona),
    toSegment: { identify: () => 'no traits' as unknown as Record<string, unknown> },
  },
  {
    name: 'daily',
    when,
    run: createPersona(persona),
    budget: { credits: 300, per: 'day', whenSpent: 'skip' },
  },
  { name: 'sampled', when, run: createPersona(persona), sample: 0.5 },
  { name: 'fresh', when, run: createPersona(persona), staleAfter: '1h' },
]);

let world: World;
let runner: TestRunner;
let tracking: TrackingServer;
/** How far the clock of the runner is ahead of the real time, so that a test does not have to wait. */
let aheadMs = 0;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  aheadMs = 0;
  tracking = await startTrackingServer({ writeKey: 'write-key' });
  const now = (): number => Date.now() + aheadMs;
  runner = await startTestRunner(world, triggers, {
    now,
    trackingUrl: tracking.baseUrl,
    simulator: { now, focusGroupMs: 60_000, monthlyCredits: 100_000 },
  });
  const response = await fetch(`${runner.mavera.baseUrl}/personas`, {
    headers: { authorization: 'Bearer mvra_live_0123456789abcdef0123456789abcdef' },
  });
  const list = (await response.json()) as { readonly data: readonly { readonly id: string }[] };
  globalPersonaId = list.data[0]?.id ?? '';
});

afterEach(async () => {
  await runner.stop();
  await tracking.stop();
});

function runFor(trigger: string, userId: string, signal = 'billing page'): RunMessage {
  const run = runner.runOf(trigger);
  const deadlineAtMs = run.receivedAtMs + 4 * 86_400_000;
  return { ...run, deadlineAtMs, event: { ...run.event, userId, properties: { signal_type: signal } } };
}

/** Delivers a run again and again, with the clock set forward each time, until the run no longer waits. */
async function deliverToEnd(run: RunMessage): Promise<HandledDelivery> {
  let report = await runner.deliver(run);
  while (report.outcome === 'waiting') {
    aheadMs += (report.waitMs ?? 0) + 1_000;
    const [message] = [{ ...run, notBeforeMs: 0, slotAtMs: undefined }];
    report = await runner.deliver(message);
  }
  return report;
}

/** Delivers a run until it does not miss its slot: when many run at once on a busy machine, some miss theirs. */
async function deliverInTime(run: RunMessage): Promise<HandledDelivery> {
  let handled = await runner.deliver(run);
  while (handled.reason === 'slot_missed') {
    handled = await runner.deliver(run);
  }
  return handled;
}

const callsTo = (method: string, path: string): number =>
  runner.mavera.calls().filter((call) => call.method === method && call.path.startsWith(path)).length;

describe('a thread for each user', () => {
  it('a thread is opened by the first run of a user and continued by the later runs', async () => {
    await runner.deliver(runFor('thread', 'u-1', 'price'));
    await runner.deliver(runFor('thread', 'u-1', 'support'));
    await runner.deliver(runFor('thread', 'u-2', 'price'));
    expect(runner.mavera.threads().map(({ messages }) => messages.length)).toEqual([4, 2]);
  });

  it('only one thread is opened, even if several runs of a user start at the same time', async () => {
    const reports = await Promise.all(
      ['a', 'b', 'c'].map((text) => runner.deliver(runFor('thread', 'u-1', text))),
    );
    expect(reports.filter(({ outcome }) => outcome === 'done')).toHaveLength(1);
    expect(reports.filter(({ reason }) => reason === 'kept_id_pending')).toHaveLength(2);
  });

  it('a new thread is opened when Mavera no longer has the old one', async () => {
    await runner.deliver(runFor('thread', 'u-1'));
    runner.mavera.inject({ path: '/mave/chat', kind: 'status', status: 404 });
    const run = runFor('thread', 'u-1', 'later');
    expect(await runner.deliver(run)).toMatchObject({ outcome: 'waiting', reason: 'thread_gone' });
    expect(await deliverToEnd(run)).toMatchObject({ outcome: 'done' });
    expect(runner.mavera.threads()).toHaveLength(2);
  });
});

describe('updatePersona', () => {
  it('updatePersona creates a persona for the first event of a key and updates it for all later events', async () => {
    expect(await runner.deliver(runFor('keep-persona', 'u-1', 'price'))).toMatchObject({ creditsUsed: 300 });
    await runner.deliver(runFor('keep-persona', 'u-1', 'support'));
    await runner.deliver(runFor('keep-persona', 'u-1', 'speed'));
    expect([callsTo('POST', '/personas'), callsTo('PATCH', '/personas')]).toEqual([1, 2]);
    expect(runner.mavera.personas()).toEqual([expect.objectContaining({ description: 'Signal: speed' })]);
    expect(runner.mavera.credits().used).toBe(300);
  });

  it('updatePersona creates the persona again when it no longer exists at Mavera', async () => {
    await runner.deliver(runFor('keep-persona', 'u-1'));
    runner.mavera.inject({ path: '*', method: 'PATCH', kind: 'status', status: 404 });
    const run = runFor('keep-persona', 'u-1', 'later');
    expect(await runner.deliver(run)).toMatchObject({ outcome: 'waiting', reason: 'persona_gone' });
    expect(await deliverToEnd(run)).toMatchObject({ outcome: 'done', creditsUsed: 300 });
  });

  it('updatePersona creates the persona in the next run when the first run has failed', async () => {
    runner.mavera.inject({ path: '/personas', method: 'POST', kind: 'status', status: 400 });
    expect(await runner.deliver(runFor('keep-persona', 'u-1'))).toMatchObject({ outcome: 'failed' });
    expect(await runner.deliver(runFor('keep-persona', 'u-1'))).toMatchObject({ outcome: 'done' });
  });

  it('updatePersona fails when the trigger names a persona that Mavera does not know', async () => {
    expect(await runner.deliver(runFor('named-persona', 'u-1'))).toMatchObject({ reason: 'mavera_404' });
  });
});

describe('respondAs', () => {
  it('respondAs asks for JSON of a schema and publishes the checked answer', async () => {
    expect(await runner.deliver(runFor('respond', 'u-1'))).toMatchObject({ outcome: 'done' });
    const output = { wouldStay: expect.any(Boolean), why: expect.any(String), score: expect.any(Number) };
    expect(await runner.published()).toEqual([
      expect.objectContaining({ result: { responseId: expect.any(String), output } }),
    ]);
  });

  it('respondAs fails when the answer does not fit the schema, keeps the answer and counts the credits', async () => {
    const run = runFor('misfit', 'u-1');
    expect(await runner.deliver(run)).toMatchObject({ outcome: 'failed', reason: 'output_invalid' });
    expect(await runner.itemOf(run)).toMatchObject({ result: expect.stringContaining('output_text') });
    expect(callsTo('POST', '/responses')).toBe(1);
  });
});

describe('a focus group', () => {
  it('a focus group is created once and polled by returning messages until it is finished', async () => {
    const run = runFor('group', 'u-1');
    const first = await runner.deliver(run);
    expect(first).toMatchObject({ outcome: 'waiting', reason: 'focus_group_running' });
    expect(await deliverToEnd(run)).toMatchObject({ outcome: 'done', creditsUsed: expect.any(Number) });
    expect([callsTo('POST', '/focus-groups'), runner.mavera.focusGroups().length]).toEqual([1, 1]);
    expect(callsTo('GET', '/focus-groups/')).toBeGreaterThan(5);
    const [published] = await runner.published();
    expect(published?.result).toMatchObject({
      focusGroupId: expect.any(String),
      focusGroup: { status: 'completed', results: expect.anything() },
    });
  });

  it('a focus group is found by its name when the answer to its creation was lost', async () => {
    runner.mavera.inject({ path: '/focus-groups', method: 'POST', kind: 'cut-after' });
    const run = runFor('group', 'u-1');
    expect(await runner.deliver(run)).toMatchObject({ outcome: 'waiting', reason: 'answer_lost' });
    expect(await deliverToEnd(run)).toMatchObject({ outcome: 'done' });
    expect(callsTo('POST', '/focus-groups')).toBe(1);
  });

  it('a focus group without a name is left to people when the answer to its creation was lost', async () => {
    runner.mavera.inject({ path: '/focus-groups', method: 'POST', kind: 'cut-after' });
    const run = runFor('failing-group', 'u-1');
    await runner.deliver(run);
    expect(await deliverToEnd(run)).toMatchObject({ outcome: 'failed', reason: 'answer_lost' });
  });

  it('a run fails with the reason that Mavera gives for its focus group', async () => {
    const run = runFor('failing-group', 'u-1');
    expect(await deliverToEnd(run)).toMatchObject({ outcome: 'failed', reason: 'focus_group_failed' });
    expect((await runner.deadLetters())[0]?.detail).toContain('failed');
  });

  it('a focus group releases its concurrency cap before its result is published, so that a crash then does not keep it', async () => {
    const run = runFor('group', 'u-1');
    const nowhere = new ResultsTopic(world.clients.sns, 'arn:aws:sns:us-east-1:000000000000:nowhere');
    runner.dependencies = { ...runner.dependencies, results: nowhere };
    await expect(deliverToEnd(run)).rejects.toThrow();
    expect(await runner.itemOf(run)).toMatchObject({ state: 'done' });
    const found = await new LedgerTable(world.clients.dynamodb, runner.table).read([capKey('runFocusGroup')]);
    expect(found.get(capKey('runFocusGroup'))?.holders).toEqual({ M: {} });
  });

  it('at most five focus groups run at the same time', async () => {
    const runs = Array.from({ length: 8 }, (_none, index) => runFor('group', `u-${index}`));
    const reports = await Promise.all(runs.map(deliverInTime));
    expect(reports.filter(({ reason }) => reason === 'focus_group_running')).toHaveLength(5);
    expect(reports.filter(({ reason }) => reason === 'concurrency')).toHaveLength(3);
    expect(runner.mavera.peaks().concurrentFocusGroups).toBe(5);
    for (const run of runs) {
      expect(await deliverToEnd(run)).toMatchObject({ outcome: 'done' });
    }
    expect(runner.mavera.peaks().concurrentFocusGroups).toBe(5);
  });
});

describe('a result', () => {
  /** Delivers the report that a run has queued. */
  async function deliverReport(): Promise<HandledDelivery> {
    return await runner.deliver(await runner.waitingRun());
  }

  it('a result is reported to Segment as an event and as traits of the user', async () => {
    const run = runFor('report', 'u-1');
    await runner.deliver(run);
    expect(await deliverReport()).toMatchObject({ outcome: 'reported' });
    const [track, identify] = tracking.events();
    const personaId = runner.mavera.personas()[0]?.id;
    expect(track).toMatchObject({
      type: 'track',
      event: 'Mavera Research Completed',
      userId: 'u-1',
      messageId: `mavera-run-${run.runId}-track`,
      properties: { runId: run.runId, trigger: 'report', creditsUsed: 300, result: { personaId } },
    });
    expect(identify).toMatchObject({
      type: 'identify',
      userId: 'u-1',
      traits: { mavera_persona_id: personaId },
    });
    expect(await runner.itemOf(run)).toMatchObject({ state: 'done', segmentReport: 'sent' });
  });

  it('a report to Segment is repeated until Segment accepts it, without another call to Mavera', async () => {
    tracking.failNext(2, 503);
    const run = runFor('report', 'u-1');
    await runner.deliver(run);
    let message = await runner.waitingRun();
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      expect(await runner.deliver(message)).toMatchObject({ outcome: 'waiting', waitMs: expect.any(Number) });
      message = { ...message, report: { attempts: attempt } };
    }
    expect(await runner.deliver(message)).toMatchObject({ outcome: 'reported' });
    expect(await runner.deliver(message)).toMatchObject({ outcome: 'repeated' });
    expect([tracking.events().length, callsTo('POST', '/personas')]).toEqual([2, 1]);
  });

  it('a report that Segment refuses is dead-lettered, and its run stays done', async () => {
    tracking.failNext(1, 400);
    const run = runFor('report', 'u-1');
    await runner.deliver(run);
    expect(await deliverReport()).toMatchObject({ outcome: 'failed', reason: 'segment_report_failed' });
    expect(await runner.deadLetters()).toEqual([
      expect.objectContaining({ reason: 'segment_report_failed', detail: 'Segment answered 400' }),
    ]);
    expect(await runner.itemOf(run)).toMatchObject({ state: 'done', segmentReport: 'failed' });
  });

  it('a result is reported by the next delivery when the first one ended before it queued the report', async () => {
    const run = runFor('report', 'u-1');
    await runner.deliver(run);
    await runner.waitingRun();
    expect(await runner.deliver(run, 2)).toMatchObject({ outcome: 'repeated' });
    expect(await deliverReport()).toMatchObject({ outcome: 'reported' });
    expect(tracking.events()).toHaveLength(2);
  });
});

describe('credits that were reserved in a period that is over', () => {
  it('credits reserved in a past period are given back once, even if the run is then skipped for lack of budget', async () => {
    const { dependencies } = runner;
    const spent = async (day: string): Promise<unknown> =>
      (await world.item(`budget#daily#${day}`, runner.table))?.committedCredits;
    const run = runFor('daily', 'u-1');
    const [today, tomorrow] = [0, 1].map((days) =>
      new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10),
    );
    await dependencies.pace.holdUntil(Date.now() + 60_000);
    expect(await runner.deliver(run)).toMatchObject({ outcome: 'waiting', reason: 'pace' });
    expect(await spent(today ?? '')).toBe(300);
    aheadMs = 86_400_000;
    expect(await runner.deliver(runFor('daily', 'u-2'))).toMatchObject({ outcome: 'done' });
    expect(await runner.deliver(run)).toMatchObject({ outcome: 'skipped', reason: 'budget_spent' });
    expect([await spent(today ?? ''), await spent(tomorrow ?? '')]).toEqual([0, 300]);
  });
});

describe('a cooldown', () => {
  it('a cooldown skips later events of the same user only', async () => {
    expect(await runner.deliver(runFor('cool', 'u-1'))).toMatchObject({ outcome: 'done' });
    expect(await runner.deliver(runFor('cool', 'u-1'))).toMatchObject({
      outcome: 'skipped',
      gate: 'cooldown',
    });
    expect(await runner.deliver(runFor('cool', 'u-2'))).toMatchObject({ outcome: 'done' });
    aheadMs = 25 * 3_600_000;
    expect(await runner.deliver(runFor('cool', 'u-1'))).toMatchObject({ outcome: 'done' });
  });

  it('a cooldown ends at once when its run fails', async () => {
    runner.mavera.inject({ path: '*', kind: 'status', status: 400 });
    expect(await runner.deliver(runFor('cool', 'u-1'))).toMatchObject({ outcome: 'failed' });
    expect(await runner.deliver(runFor('cool', 'u-1'))).toMatchObject({ outcome: 'done' });
  });

  it('a run fails with the error of the cooldown function when that function throws', async () => {
    expect(await runner.deliver(runFor('bad-key', 'u-1'))).toMatchObject({ reason: 'builder_failed' });
    expect((await runner.deadLetters())[0]?.detail).toContain('no such trait');
  });
});

describe('the faulty functions of a trigger', () => {
  it('a run fails with the error of the collect function when that function throws', async () => {
    expect(await runner.deliver(runFor('bad-collect', 'u-1'))).toMatchObject({ reason: 'builder_failed' });
    expect((await runner.deadLetters())[0]?.detail).toContain('no such group');
  });

  it('the report fails, but not the run, when the traits function does not return an object', async () => {
    expect(await runner.deliver(runFor('bad-traits', 'u-1'))).toMatchObject({ outcome: 'done' });
    const report = await runner.deliver(await runner.waitingRun());
    expect(report).toMatchObject({ outcome: 'failed', reason: 'segment_report_failed' });
    expect((await runner.deadLetters())[0]?.detail).toContain('an object of traits');
  });
});

describe('the other gates', () => {
  it('the sample gate takes a share of the events and skips the others', async () => {
    const runs = Array.from({ length: 40 }, (_none, index) => runFor('sampled', `u-${index}`));
    const first = await Promise.all(runs.map(deliverInTime));
    const taken = first.filter(({ outcome }) => outcome === 'done').length;
    expect(taken).toBeGreaterThan(5);
    expect(taken).toBeLessThan(35);
    expect(first.filter(({ reason }) => reason === 'sampled_out')).toHaveLength(40 - taken);
  });

  it('the stale gate skips an event that has waited too long', async () => {
    const run = runFor('fresh', 'u-1');
    aheadMs = 2 * 3_600_000;
    expect(await runner.deliver(run)).toMatchObject({ outcome: 'skipped', reason: 'stale', gate: 'stale' });
  });

  it('the credits gate delays a run that needs more credits than the account has left', async () => {
    const { usage, now } = runner.dependencies;
    await usage.write({ creditsRemaining: 299, creditsIncluded: 500, autoRecharge: false }, now());
    expect(await runner.deliver(runFor('cool', 'u-1'))).toMatchObject({
      reason: 'credits_low',
      gate: 'credits',
    });
    expect(await runner.deliver(runFor('respond', 'u-1'))).toMatchObject({ outcome: 'done' });
    expect(callsTo('POST', '/personas')).toBe(0);
  });

  it('usage is read once for all runs when the last reading is older than five minutes', async () => {
    aheadMs = 6 * 60_000;
    const runs = Array.from({ length: 5 }, (_none, index) => runFor('respond', `u-${index}`));
    await Promise.all(runs.map((run) => runner.deliver(run)));
    expect(callsTo('GET', '/usage')).toBe(1);
  });
});

describe('a run that an operator redrives', () => {
  it('a redrive runs once for each nonce, even if the cooldown or the sample would skip it', async () => {
    const run = runFor('cool', 'u-1');
    runner.mavera.inject({ path: '*', kind: 'status', status: 400 });
    await runner.deliver(run);
    await runner.deliver(runFor('cool', 'u-1', 'other'));
    expect(await runner.deliver({ ...run, redrive: 'n-1' })).toMatchObject({ outcome: 'done' });
    expect(await runner.deliver({ ...run, redrive: 'n-1' })).toMatchObject({ outcome: 'repeated' });
    expect(runner.mavera.personas()).toHaveLength(2);
    await sleep(5);
    expect(await runner.deliver({ ...run, redrive: 'n-2' })).toMatchObject({ outcome: 'done' });
    expect(runner.mavera.personas()).toHaveLength(3);
    expect(JSON.parse(String((await runner.itemOf(run))?.history))).toContainEqual(
      expect.objectContaining({ what: 'redriven' }),
    );
  });
});
