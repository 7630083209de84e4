import { setTimeout as sleep } from 'node:timers/promises';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askMave, createPersona, defineTriggers } from '../../functions/index.ts';
import { shownEvents } from '../../functions/ledger/runs.ts';
import { type RunMessage, writeRunMessage } from '../../functions/queue/runMessage.ts';
import type { Gate } from '../../functions/run/gates/gate.ts';
import { PaceGate } from '../../functions/run/gates/paceGate.ts';
import { type HandledDelivery, handleDelivery } from '../../functions/run/handleDelivery.ts';
import type { MaveraSimulator } from '../../simulators/mavera/simulator.ts';
import { secretOf } from './runnerWorld.ts';
import { startTestRunner, type TestRunner } from './testRunner.ts';
import { startWorld, type World } from './world.ts';

const triggers = defineTriggers([
  {
    name: 'ask',
    when: 'event = "churn_signal"',
    run: askMave(({ event }) => ({ message: `Why ${event.properties.signal_type}?` })),
  },
  {
    name: 'persona',
    when: 'event = "trial_started"',
    run: createPersona(({ event }) => ({
      name: `Trial of ${event.properties.plan}`,
      pipeline_type: 'north_star',
    })),
  },
  {
    name: 'throws',
    when: 'event = "x"',
    run: askMave(() => {
      throw new Error('no such plan');
    }),
  },
  { name: 'empty', when: 'event = "x"', run: askMave(() => ({ message: '' })) },
]);

let world: World;
let runner: TestRunner;
let mavera: MaveraSimulator;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  runner = await startTestRunner(world, triggers);
  mavera = runner.mavera;
});

afterEach(() => runner.stop());

const runOf: TestRunner['runOf'] = (trigger, more) => runner.runOf(trigger, more);
const deliver: TestRunner['deliver'] = (run, receiveCount) => runner.deliver(run, receiveCount);
const waitingRun: TestRunner['waitingRun'] = () => runner.waitingRun();
const deadLetters: TestRunner['deadLetters'] = () => runner.deadLetters();
const published: TestRunner['published'] = () => runner.published();
const itemOf: TestRunner['itemOf'] = (run) => runner.itemOf(run);

describe('a delivery of a run', () => {
  it('a run asks Mave, keeps the answer and publishes it', async () => {
    const run = runOf('ask');
    const report = await deliver(run);
    expect(report).toMatchObject({ outcome: 'done', call: { kind: 'answered' } });
    const [call] = mavera.calls();
    expect(call).toMatchObject({
      method: 'POST',
      path: '/mave/chat',
      requestBody: { message: 'Why billing page?', stream: false },
    });
    expect(await itemOf(run)).toMatchObject({
      state: 'done',
      attempts: 1,
      creditsUsed: report.creditsUsed,
    });
    const [thread] = mavera.threads();
    expect(await published()).toEqual([
      {
        version: 1,
        runId: run.runId,
        trigger: 'ask',
        action: 'askMave',
        state: 'done',
        source: 'segment',
        route: 'default',
        messageId: 'message-1',
        userId: 'u-1',
        creditsUsed: report.creditsUsed,
        result: expect.objectContaining({ threadId: thread?.id, content: expect.any(String) }),
        finishedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ]);
  });

  it('a run creates a persona', async () => {
    const report = await deliver(runOf('persona'));
    expect(report).toMatchObject({ outcome: 'done', creditsUsed: 300 });
    expect(mavera.personas()).toEqual([expect.objectContaining({ name: 'Trial of pro' })]);
    expect(await published()).toEqual([
      expect.objectContaining({ result: { personaId: mavera.personas()[0]?.id, name: 'Trial of pro' } }),
    ]);
  });

  it('a run calls Mavera once, however many copies of its message are delivered', async () => {
    const run = runOf('persona');
    const reports = await Promise.all(Array.from({ length: 20 }, () => deliver(run)));
    expect(reports.filter(({ outcome }) => outcome === 'done')).toHaveLength(1);
    expect(reports.filter(({ outcome }) => outcome === 'repeated')).toHaveLength(19);
    expect(mavera.personas()).toHaveLength(1);
    expect(await deliver(run)).toMatchObject({ outcome: 'repeated', reason: 'finished_before' });
    expect(await published()).toHaveLength(1);
  });

  it('a message whose run another delivery has leased comes back once, after the lease', async () => {
    const nowMs = Date.now();
    const run = runOf('persona', { slotAtMs: nowMs });
    const options = { nowMs, leaseUntilMs: nowMs + 700, expiresAtSeconds: nowMs / 1000 + 86_400 };
    await runner.dependencies.runs.take({ runId: run.runId, owner: 'another' }, run, options);
    expect(await deliver(run)).toMatchObject({ outcome: 'repeated', reason: 'held_by_another' });
    expect(await deliver(await waitingRun())).toMatchObject({ outcome: 'done' });
  });

  it('a result is published again when its first delivery ended before the message was acknowledged', async () => {
    const run = runOf('persona');
    await deliver(run);
    const [first] = await published();
    await deliver(run, 2);
    expect(await published()).toEqual([first]);
    expect(mavera.personas()).toHaveLength(1);
  });

  it('a result is published again when the message came back while the lease of a dead delivery still ran', async () => {
    const run = runOf('persona');
    await deliver(run);
    const [first] = await published();
    await deliver({ ...run, notBeforeMs: run.receivedAtMs });
    expect(await published()).toEqual([first]);
  });
});

describe('a run whose answer was lost', () => {
  /** Delivers the run again, as the queue would, until it no longer waits. */
  async function deliverAgain(): Promise<HandledDelivery> {
    for (;;) {
      const report = await deliver(await waitingRun());
      if (report.outcome !== 'waiting') {
        return report;
      }
      await sleep(60);
    }
  }

  it('a run whose answer was lost finds the persona that Mavera created and does not create another', async () => {
    mavera.inject({ path: '/personas', method: 'POST', kind: 'cut-after' });
    const run = runOf('persona');
    expect(await deliver(run)).toMatchObject({ outcome: 'waiting', reason: 'answer_lost' });
    expect(await deliverAgain()).toMatchObject({ outcome: 'done', recovery: 'found', creditsUsed: 300 });
    expect(mavera.personas()).toHaveLength(1);
    expect(await published()).toEqual([
      expect.objectContaining({ result: { personaId: mavera.personas()[0]?.id, name: 'Trial of pro' } }),
    ]);
  });

  it("a run whose answer was lost finds Mave's answer among the newest threads and does not ask again", async () => {
    await deliver(runOf('ask'));
    mavera.inject({ path: '/mave/chat', kind: 'truncated' });
    const run = runOf('ask', { event: { ...runOf('ask').event, properties: { signal_type: 'a lost one' } } });
    expect(await deliver(run)).toMatchObject({ outcome: 'waiting', reason: 'answer_unreadable' });
    const report = await deliverAgain();
    expect(report).toMatchObject({ outcome: 'done', recovery: 'found', creditsUsed: expect.any(Number) });
    expect(mavera.threads()).toHaveLength(2);
    const [, second] = await published();
    expect(second).toMatchObject({ result: { content: expect.any(String), threadId: expect.any(String) } });
  });

  it.each([502, 504, 520, 408, 200])(
    'a persona that Mavera created behind the error page of a gateway is found and not created again: %d',
    async (status) => {
      mavera.inject({ path: '/personas', method: 'POST', kind: 'html', status, work: 'done' });
      const run = runOf('persona');
      expect(await deliver(run)).toMatchObject({ outcome: 'waiting', call: { kind: 'lost', status } });
      expect(await deliverAgain()).toMatchObject({ outcome: 'done', recovery: 'found', creditsUsed: 300 });
      expect(mavera.personas()).toHaveLength(1);
    },
  );

  it('a run calls Mavera again when the work of its lost call was not done', async () => {
    mavera.inject({ path: '/personas', method: 'POST', kind: 'cut-before' });
    await deliver(runOf('persona'));
    expect(await deliverAgain()).toMatchObject({ outcome: 'done', recovery: 'not_found' });
    expect(mavera.personas()).toHaveLength(1);
  });

  it('a lost answer is searched for only once, even if the run then waits for its slot', async () => {
    const { gates } = runner.dependencies;
    const reads = (): number => mavera.calls().filter(({ method }) => method === 'GET').length;
    mavera.inject({ path: '/personas', method: 'POST', kind: 'cut-before' });
    await deliver(runOf('persona'));
    const later: Gate = {
      name: 'pace',
      decide: async () => ({ kind: 'wait', untilMs: Date.now(), reason: 'pace' }),
    };
    runner.dependencies = { ...runner.dependencies, gates: { ...gates, call: [later] } };
    let report = await deliver(await waitingRun());
    while (report.reason === 'answer_lost') {
      report = await deliver(await waitingRun());
    }
    expect([report.reason, reads()]).toEqual(['pace', 1]);
    runner.dependencies = { ...runner.dependencies, gates };
    expect(await deliver(await waitingRun())).toMatchObject({ outcome: 'done' });
    expect([reads(), mavera.personas().length]).toEqual([1, 1]);
  });

  it('a run with a lost answer does not call Mavera again while the search fails', async () => {
    mavera.inject({ path: '/personas', method: 'POST', kind: 'cut-after' });
    const quiet = { ...runner.dependencies, onTrouble: () => undefined };
    await deliver(runOf('persona'));
    mavera.inject({ path: '/personas', method: 'GET', kind: 'status', status: 503 });
    let report: HandledDelivery;
    do {
      const body = writeRunMessage({ ...(await waitingRun()), notBeforeMs: 0 });
      report = await handleDelivery({ body, receiveCount: 1, remainingMs: 30_000 }, quiet);
    } while (report.reason === 'answer_lost');
    expect(report).toMatchObject({ outcome: 'waiting', reason: 'recovery_waits' });
    expect(mavera.personas()).toHaveLength(1);
  });

  it('a run with a lost answer is not queued repeatedly for a wait of less than a second', async () => {
    mavera.inject({ path: '/personas', method: 'POST', kind: 'cut-after' });
    runner.dependencies = {
      ...runner.dependencies,
      settings: { ...runner.dependencies.settings, maveraTimeoutMs: 300 },
    };
    await deliver(runOf('persona'));
    let deliveries = 0;
    for (let report: HandledDelivery | undefined; report?.outcome !== 'done'; deliveries += 1) {
      report = await deliver(await waitingRun());
    }
    expect(deliveries).toBeLessThanOrEqual(2);
  });

  it('a lost answer is searched for only after the lost call must have ended', async () => {
    mavera.inject({ path: '/personas', method: 'POST', kind: 'cut-after' });
    await deliver(runOf('persona'));
    runner.dependencies = {
      ...runner.dependencies,
      settings: { ...runner.dependencies.settings, maveraTimeoutMs: 60_000 },
    };
    const calls = mavera.calls().length;
    expect(await deliver(await waitingRun())).toMatchObject({ outcome: 'waiting', reason: 'answer_lost' });
    expect(mavera.calls()).toHaveLength(calls);
  });

  it('a search for a lost answer counts from the start of the call, not from the start of its delivery', async () => {
    mavera.inject({ path: '/mave/chat', kind: 'cut-before' });
    const slotAtMs = Date.now() + 1_500;
    const run = runOf('ask', { slotAtMs });
    expect(await deliver(run)).toMatchObject({ outcome: 'waiting', reason: 'answer_lost' });
    expect(await itemOf(run)).toMatchObject({ lostCallAtMs: slotAtMs });
  });

  it('a lost answer is recovered after the lease when the runner died during the call', async () => {
    const run = runOf('persona');
    const died = { runId: run.runId, owner: 'died' };
    const agoMs = Date.now() - 60_000;
    const options = { nowMs: agoMs, leaseUntilMs: agoMs + 30_000, expiresAtSeconds: agoMs / 1000 + 86_400 };
    await runner.dependencies.runs.take(died, run, options);
    const request = { method: 'POST', path: '/personas', body: { name: 'A user', description: 'As sent.' } };
    await runner.dependencies.runs.keepDetails(
      run.runId,
      { events: shownEvents([run.event]), request },
      agoMs / 1000 + 86_400,
    );
    await runner.dependencies.runs.markCalling(died, { attempts: 1, nowMs: agoMs, history: [] });
    expect(await deliver(run)).toMatchObject({ outcome: 'done', recovery: 'not_found' });
  });
});

describe('a run that waits', () => {
  it('a run waits for its slot in the queue, with a delay, and has made no attempt', async () => {
    const slow = new PaceGate({ pace: runner.dependencies.pace, requestsPerMinute: 1, random: () => 0 });
    runner.dependencies = { ...runner.dependencies, gates: { ...runner.dependencies.gates, call: [slow] } };
    await runner.dependencies.pace.holdUntil(Date.now() + 30_000);
    const run = runOf('ask');
    expect(await deliver(run)).toMatchObject({ outcome: 'waiting', reason: 'pace' });
    expect(mavera.calls()).toEqual([]);
    const { Attributes } = await world.clients.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: runner.runQueueUrl,
        AttributeNames: ['ApproximateNumberOfMessagesDelayed'],
      }),
    );
    expect(Attributes?.ApproximateNumberOfMessagesDelayed).toBe('1');
    expect(await itemOf(run)).toMatchObject({ state: 'waiting', attempts: 0, leaseUntilMs: 0 });
  });

  it('a run that comes back too early waits', async () => {
    const report = await deliver(runOf('ask', { notBeforeMs: Date.now() + 3_600_000 }));
    expect(report).toMatchObject({ outcome: 'waiting', reason: 'not_yet' });
    expect(mavera.calls()).toEqual([]);
  });

  it.each([
    ['a 503: Mavera is away', { kind: 'status', status: 503 }, 'mavera_503', 0],
    ['a 500', { kind: 'status', status: 500 }, 'mavera_500', 1],
    ['the error page of a gateway: the work may have been done', { kind: 'html' }, 'answer_lost', 1],
    ['the page of a firewall: nothing was done', { kind: 'html', status: 403 }, 'mavera_blocked', 0],
    ['a 200 with an unknown error inside', { kind: 'error-in-200', code: 'something_new' }, 'mavera_200', 1],
    ['a connection cut before the work', { kind: 'cut-before' }, 'answer_lost', 1],
    ['half an answer', { kind: 'truncated' }, 'answer_unreadable', 1],
    ['a 402: the account is out of credits', { kind: 'status', status: 402 }, 'mavera_402', 0],
    ['a 401: the key was revoked', { kind: 'status', status: 401 }, 'mavera_401', 0],
  ] as const)('a run waits after %s', async (_name, fault, reason, attempts) => {
    mavera.inject({ path: '*', ...fault });
    const run = runOf('ask');
    expect(await deliver(run)).toMatchObject({ outcome: 'waiting', reason });
    expect(await itemOf(run)).toMatchObject({ state: 'waiting', attempts, reason });
    expect(await deadLetters()).toEqual([]);
  });

  it('a 429 makes its run and all others wait as long as it says', async () => {
    mavera.inject({ path: '*', kind: 'status', status: 429, retryAfter: 40 });
    const before = Date.now();
    expect(await deliver(runOf('ask'))).toMatchObject({ outcome: 'waiting', reason: 'mavera_429' });
    const options = { nowMs: Date.now(), intervalMs: 1, horizonMs: 900_000 };
    const next = await runner.dependencies.pace.takeSlot(options);
    expect(next).toMatchObject({ kind: 'reserved' });
    expect(next.kind === 'reserved' && next.slotAtMs).toBeGreaterThanOrEqual(before + 40_000);
  });

  it('a run waits for an unknown trigger while a deployment may be under way', async () => {
    expect(await deliver(runOf('new-trigger'))).toMatchObject({
      outcome: 'waiting',
      reason: 'trigger_unknown',
    });
  });

  it('a copy of the message of a waiting run waits too and makes no call', async () => {
    mavera.inject({ path: '*', kind: 'status', status: 503, retryAfter: 600 });
    const run = runOf('ask');
    await deliver(run);
    expect(await deliver(run)).toMatchObject({ outcome: 'waiting', reason: 'not_yet' });
    expect(mavera.calls()).toHaveLength(1);
  });

  it('a run waits when the invocation has too little time left to record an answer', async () => {
    const body = writeRunMessage(runOf('ask'));
    const report = await handleDelivery({ body, receiveCount: 1, remainingMs: 4_000 }, runner.dependencies);
    expect(report).toMatchObject({ outcome: 'waiting', reason: 'invocation_too_old' });
    expect(mavera.calls()).toEqual([]);
  });

  it('a run that already has a slot waits as long as a 429 says', async () => {
    mavera.inject({ path: '*', kind: 'status', status: 429, retryAfter: 40 });
    await deliver(runOf('ask'));
    const slotAtMs = Date.now();
    expect(await deliver(runOf('ask', { slotAtMs }))).toMatchObject({ outcome: 'waiting', reason: 'pace' });
    expect(mavera.calls()).toHaveLength(1);
  });

  it('a run does not wait beyond its deadline', async () => {
    mavera.inject({ path: '*', kind: 'status', status: 503, retryAfter: 600 });
    const run = runOf('ask', { deadlineAtMs: Date.now() + 5_000 });
    expect((await deliver(run)).waitMs).toBeLessThanOrEqual(5_000);
    const late = runOf('ask', { deadlineAtMs: Date.now() - 1, notBeforeMs: Date.now() + 3_600_000 });
    expect(await deliver(late)).toMatchObject({ outcome: 'failed', reason: 'expired' });
  });

  it('a run waits while the API key has no value', async () => {
    const maveraSecret = secretOf(() => Promise.reject(new Error('no value')));
    runner.dependencies = { ...runner.dependencies, maveraSecret };
    const run = runOf('ask');
    expect(await deliver(run)).toMatchObject({ outcome: 'waiting', reason: 'api_key_unavailable' });
    expect(await itemOf(run)).toMatchObject({ state: 'waiting', attempts: 0 });
  });

  it('a run that waited for an outage is done when the outage is over', async () => {
    mavera.inject({ path: '*', kind: 'status', status: 503 });
    await deliver(runOf('ask'));
    expect(await deliver(await waitingRun())).toMatchObject({ outcome: 'done' });
  });
});

describe('a run that is dead-lettered', () => {
  const give = async (run: RunMessage, reason: string): Promise<string> => {
    expect(await deliver(run)).toMatchObject({ outcome: 'failed', reason });
    expect(await itemOf(run)).toMatchObject({ state: 'failed', reason });
    const [letter] = await deadLetters();
    expect(letter).toMatchObject({ reason, body: writeRunMessage(run) });
    expect(await published()).toEqual([expect.objectContaining({ state: 'failed', reason })]);
    return letter?.detail ?? '';
  };

  it('a run is dead-lettered when Mavera refuses its request', async () => {
    mavera.inject({ path: '*', kind: 'status', status: 400 });
    expect(await give(runOf('ask'), 'mavera_400')).toContain('Mavera answered 400');
  });

  it('a run is dead-lettered when Mavera refuses its request inside a status 200', async () => {
    mavera.inject({ path: '*', kind: 'error-in-200', code: 'forbidden' });
    expect(await give(runOf('ask'), 'mavera_403')).toContain('forbidden');
  });

  it('a run is dead-lettered after its last attempt', async () => {
    mavera.inject({ path: '*', kind: 'status', status: 500, times: 10 });
    await deliver(runOf('ask'));
    await deliver(await waitingRun());
    expect(await give(await waitingRun(), 'attempts_exhausted')).toContain(
      '3 calls were made. The last one: Mavera answered 500',
    );
  });

  it('a run is dead-lettered when its deadline is over', async () => {
    await give(runOf('ask', { deadlineAtMs: Date.now() - 1 }), 'expired');
    expect(mavera.calls()).toEqual([]);
  });

  it('a run is dead-lettered when its trigger does not exist', async () => {
    const longAgo = { receivedAtMs: Date.now() - 16 * 60_000 };
    expect(await give(runOf('gone', longAgo), 'trigger_unknown')).toContain('"gone"');
  });

  it('a run is dead-lettered when its builder throws or returns an invalid request', async () => {
    expect(await give(runOf('throws'), 'builder_failed')).toContain('no such plan');
    expect(await give(runOf('empty'), 'request_invalid')).toContain('message');
    expect(mavera.calls()).toEqual([]);
  });

  it('a message that is not a run is dead-lettered', async () => {
    expect(await deliver('{"version":9}')).toMatchObject({ outcome: 'failed', reason: 'message_unreadable' });
    expect(await deliver('nonsense')).toMatchObject({ outcome: 'failed', reason: 'message_unreadable' });
    expect(await deadLetters()).toHaveLength(2);
  });
});
