import type { Server } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createWebhook, type Result } from '../../examples/results-webhook/server.ts';
import { createPersona, defineTriggers } from '../../functions/index.ts';
import { noCounts } from '../../functions/ledger/pullCursor.ts';
import { PullEnds, pullEndMessage } from '../../functions/pull/pullEnds.ts';
import { HttpsSubscription } from '../../local/sns/httpsSubscription.ts';
import { closeServer, listen } from '../../simulators/http/listen.ts';
import { startTestRunner, type TestRunner } from './testRunner.ts';
import { startWorld, type World } from './world.ts';

const when = 'event = "x"';
const triggers = defineTriggers([
  { name: 'persona', when, run: createPersona(() => ({ name: 'Ann' })) },
  { name: 'other', when, run: createPersona(() => ({ name: 'Bob' })) },
]);

let world: World;
let runner: TestRunner;
let webhook: Server;
let endpoint: string;
let subscription: HttpsSubscription;
let results: Result[];
let troubles: string[];
/** How many results the webhook fails to take. */
let failures: number;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  [results, troubles, failures] = [[], [], 0];
  runner = await startTestRunner(world, triggers);
  webhook = createWebhook({
    topicArn: runner.topicArn,
    onResult: async (result) => {
      if (failures > 0) {
        failures -= 1;
        throw new Error('the database is away');
      }
      results.push(result);
    },
    onTrouble: (error) => troubles.push(String(error)),
    fetch: (url) => subscription.fetch(url),
  });
  endpoint = `http://127.0.0.1:${await listen(webhook, 0)}`;
  subscription = new HttpsSubscription(world.clients, {
    topicArn: runner.topicArn,
    endpoint,
    filterPolicy: { trigger: ['persona'], state: ['done', 'failed'] },
    retryAfterMs: 1,
  });
  await subscription.confirmed;
});

afterEach(async () => {
  await subscription.stop();
  await closeServer(webhook);
  await runner.stop();
});

async function post(message: object): Promise<number> {
  return (await fetch(endpoint, { method: 'POST', body: JSON.stringify(message) })).status;
}

/** A result that SNS could post of this topic. */
function notification(changes: object = {}): Readonly<Record<string, unknown>> {
  return {
    Type: 'Notification',
    MessageId: 'm-1',
    TopicArn: runner.topicArn,
    Message: JSON.stringify({
      version: 1,
      runId: 'r-1',
      trigger: 'persona',
      state: 'done',
      finishedAt: 'now',
    }),
    Timestamp: new Date().toISOString(),
    ...changes,
  };
}

describe('a webhook that is subscribed to the results topic', () => {
  it('gets the result of a run, signed, and confirms the subscription by itself', async () => {
    const run = runner.runOf('persona');
    await runner.deliver(run);
    await expect.poll(() => results).toHaveLength(1);
    expect(results[0]).toMatchObject({
      runId: run.runId,
      trigger: 'persona',
      state: 'done',
      result: { personaId: runner.mavera.personas()[0]?.id },
    });
    expect(troubles).toEqual([]);
  });

  it('gets only the results that its filter policy asks for', async () => {
    await runner.deliver(runner.runOf('other'));
    await runner.deliver(runner.runOf('persona'));
    await expect.poll(() => results).toHaveLength(1);
    expect(results.map(({ trigger }) => trigger)).toEqual(['persona']);
  });

  it('gets no ends of pulls if it filters by state, and passes over those that it gets', async () => {
    const counts = { ...noCounts, runs: 3 };
    const ended = { occurrence: 'first', status: 'done', counts, startedAtMs: 0, endedAtMs: 1 } as const;
    const end = pullEndMessage('persona', ended);
    await new PullEnds(world.clients.sns, runner.topicArn).publish(end);
    await runner.deliver(runner.runOf('persona'));
    await expect.poll(() => results).toHaveLength(1);
    expect(results.map(({ state }) => state)).toEqual(['done']);
    expect(await post(subscription.sign(notification({ Message: JSON.stringify(end) })))).toBe(200);
    expect(results).toHaveLength(1);
  });

  it('gets a result again that it could not take', async () => {
    failures = 2;
    await runner.deliver(runner.runOf('persona'));
    await expect.poll(() => results).toHaveLength(1);
    expect(troubles).toEqual(['Error: the database is away', 'Error: the database is away']);
    expect(subscription.undelivered).toEqual([]);
  });

  it('does not get a result that it could not take four times', async () => {
    failures = 4;
    await runner.deliver(runner.runOf('persona'));
    await expect.poll(() => subscription.undelivered).toHaveLength(1);
    expect(results).toEqual([]);
  });

  it('takes a result once, however often it is posted', async () => {
    const message = subscription.sign(notification());
    expect([await post(message), await post(message)]).toEqual([200, 200]);
    expect(results).toHaveLength(1);
  });

  it('refuses a result that was changed, and one that somebody else has signed', async () => {
    const message = subscription.sign(notification());
    expect(await post({ ...message, Message: '{"runId":"r-2","state":"done"}' })).toBe(403);
    const stranger = new HttpsSubscription(world.clients, { topicArn: runner.topicArn, endpoint });
    const forged = stranger.sign(notification());
    await stranger.stop();
    const { SigningCertURL } = message;
    expect(await post({ ...forged, SigningCertURL })).toBe(403);
    expect(results).toEqual([]);
    expect(troubles).toContain('InvalidSnsMessageError: Its signature does not match');
  });
});
