import type { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { maxMessageBytes } from '../../functions/queue/runMessage.ts';
import { type OutgoingMessage, RunQueue, type RunQueueUrls } from '../../functions/queue/runQueue.ts';
import { newQueueClient, recordCommands, refuseSomeOfBatch, type SentCommand } from './troubledQueue.ts';
import { drain, startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');

let world: World;
let client: SQSClient;
let urls: RunQueueUrls;
let queue: RunQueue;
let troubles: unknown[];

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  client = await newQueueClient(world);
  urls = { intake: await world.newQueue(), bulk: await world.newQueue() };
  troubles = [];
  queue = new RunQueue(client, urls, (error) => troubles.push(error));
});

/** So many triggers that none of them uses up its share of the intake queue. */
const triggerCount = 30;

function messagesOf(...bodies: readonly string[]): readonly OutgoingMessage[] {
  return bodies.map((body, index) => ({
    id: `run-${index}`,
    body,
    trigger: `trigger-${index % triggerCount}`,
    kind: 'run',
  }));
}

const numbered = (count: number): readonly OutgoingMessage[] =>
  messagesOf(...Array.from({ length: count }, (_none, index) => `body ${index}`));

async function send(
  messages: readonly OutgoingMessage[],
  signal = AbortSignal.timeout(30_000),
): Promise<readonly string[]> {
  return [...(await queue.send(messages, nowMs, signal)).unsentIds];
}

const namesOf = (sent: readonly SentCommand[]): readonly string[] => sent.map(({ name }) => name).sort();

async function queued(url = urls.intake): Promise<readonly string[]> {
  return (await drain(world.clients.sqs, url)).map(({ Body = '' }) => Body).sort();
}

describe('messages that are sent', () => {
  it.each([0, 1, 2, 10, 11, 95])('messages that were sent are in the queue once each: %d', async (count) => {
    const messages = numbered(count);
    expect(await send(messages)).toEqual([]);
    expect(await queued()).toEqual(messages.map(({ body }) => body).sort());
    expect(troubles).toEqual([]);
  });

  it.each([
    [0, []],
    [1, ['SendMessageCommand']],
    [10, ['SendMessageBatchCommand']],
    [21, ['SendMessageBatchCommand', 'SendMessageBatchCommand', 'SendMessageCommand']],
  ])('every ten messages cost one call: %d', async (count, commands) => {
    const sent = recordCommands(client);
    await send(numbered(count));
    expect(namesOf(sent)).toEqual(commands);
  });

  // The emulator does not give the group back.
  it.each([1, 2])(
    'messages have their trigger as group, so that no trigger delays another: %d',
    async (count) => {
      const sent = recordCommands(client);
      await send(numbered(count));
      const groups = sent.flatMap(({ input }) => JSON.stringify(input).match(/"trigger-\d"/g) ?? []);
      expect(groups).toEqual(['"trigger-0"', '"trigger-1"'].slice(0, count));
    },
  );
});

describe("messages beyond their trigger's share of the intake queue", () => {
  const ofOneTrigger = (count: number, trigger = 'large'): readonly OutgoingMessage[] =>
    numbered(count).map(({ id, body, kind }) => ({
      id: `${trigger} ${id}`,
      body: `${trigger} ${body}`,
      trigger,
      kind,
    }));
  const signal = AbortSignal.timeout(30_000);

  it('the first ten go to the intake queue and the others to the bulk queue, ten a call', async () => {
    const sent = recordCommands(client);
    const messages = ofOneTrigger(1_000);
    expect(await queue.send(messages, nowMs, signal)).toEqual({ unsentIds: new Set(), toBulk: 990 });
    const callsTo = (QueueUrl: string): number =>
      sent.filter(({ input }) => (input as { readonly QueueUrl?: string }).QueueUrl === QueueUrl).length;
    expect([callsTo(urls.intake), callsTo(urls.bulk), sent.length]).toEqual([1, 99, 100]);
    expect(await queued()).toEqual(
      messages
        .slice(0, 10)
        .map(({ body }) => body)
        .sort(),
    );
    expect(await queued(urls.bulk)).toHaveLength(990);
  });

  it('another trigger has a share of its own, and a used-up share grows again with time', async () => {
    await queue.send(ofOneTrigger(30), nowMs, signal);
    await queue.send([...ofOneTrigger(5), ...ofOneTrigger(5, 'small')], nowMs + 20_000, signal);
    expect((await queued()).filter((body) => body.startsWith('large'))).toHaveLength(12);
    expect(await queued(urls.bulk)).toHaveLength(23);
  });

  it('messages that cancel runs go to the intake queue and take nothing of the share', async () => {
    const cancelling = ofOneTrigger(30).map((message) => ({ ...message, kind: 'cancel' as const }));
    expect(await queue.send(cancelling, nowMs, signal)).toMatchObject({ toBulk: 0 });
    expect(await queue.send(ofOneTrigger(12), nowMs, signal)).toMatchObject({ toBulk: 2 });
    expect(await queued()).toHaveLength(40);
  });

  it('messages that the bulk queue does not take are unsent and not counted', async () => {
    refuseSomeOfBatch(client, (body) => (body === 'large body 12' ? 'refused' : undefined));
    const sending = await queue.send(ofOneTrigger(15), nowMs, signal);
    expect(sending).toEqual({ unsentIds: new Set(['large run-12']), toBulk: 4 });
  });
});

describe('large messages', () => {
  const half = maxMessageBytes / 2;

  it('large messages go into one call as far as SQS takes them', async () => {
    const sent = recordCommands(client);
    expect(await send(messagesOf('a'.repeat(half), 'b'.repeat(half)))).toEqual([]);
    expect(namesOf(sent)).toEqual(['SendMessageBatchCommand']);
    expect(await queued()).toHaveLength(2);
  });

  it('large messages are counted in bytes and not in characters', async () => {
    const sent = recordCommands(client);
    expect(await send(messagesOf('é'.repeat(half / 2), 'b'.repeat(half), 'c'))).toEqual([]);
    expect(namesOf(sent)).toEqual(['SendMessageBatchCommand', 'SendMessageCommand']);
    expect(await queued()).toHaveLength(3);
  });

  it('messages of the largest size go one a call', async () => {
    const sent = recordCommands(client);
    expect(await send(messagesOf('a'.repeat(maxMessageBytes), 'b'.repeat(maxMessageBytes)))).toEqual([]);
    expect(namesOf(sent)).toEqual(['SendMessageCommand', 'SendMessageCommand']);
    expect(await queued()).toHaveLength(2);
  });
});

describe('messages of a batch that SQS does not take', () => {
  it('refused messages of a batch are told by their ids, and the others are in the queue', async () => {
    refuseSomeOfBatch(client, (body) => (['body 2', 'body 13'].includes(body) ? 'refused' : undefined));
    expect((await send(numbered(15))).toSorted()).toEqual(['run-13', 'run-2']);
    expect(await queued()).toHaveLength(13);
  });

  it("each refused message is told with SQS's code", async () => {
    refuseSomeOfBatch(client, (body) => (['body 0', 'body 1'].includes(body) ? 'refused' : undefined));
    await send(numbered(3));
    const trouble = { name: 'InternalError', message: 'SQS refused a message of a batch: InternalError' };
    expect(troubles).toEqual([expect.objectContaining(trouble), expect.objectContaining(trouble)]);
  });

  it('all messages of a batch may be refused', async () => {
    refuseSomeOfBatch(client, () => 'refused');
    expect(await send(numbered(2))).toEqual(['run-0', 'run-1']);
    expect(await queued()).toEqual([]);
  });

  it('a message that the answer does not mention counts as unsent', async () => {
    refuseSomeOfBatch(client, (body) => (body === 'body 1' ? 'unmentioned' : undefined));
    expect(await send(numbered(3))).toEqual(['run-1']);
    expect(troubles).toEqual([]);
  });
});

describe('a queue that does not answer', () => {
  it.each([1, 12])(
    'all messages are unsent when the queue does not answer, and the trouble is told once a call: %d',
    async (count) => {
      const messages = numbered(count);
      const nowhere = { ...urls, intake: `${urls.intake}-that-is-not-there` };
      queue = new RunQueue(client, nowhere, (error) => troubles.push(error));
      expect(await send(messages)).toEqual(messages.map(({ id }) => id));
      expect(troubles).toHaveLength(Math.ceil(count / 10));
      expect(troubles[0]).toBeInstanceOf(Error);
    },
  );

  it.each([1, 2])('a queue is not waited for longer than the time for the answer: %d', async (count) => {
    const messages = numbered(count);
    expect(await send(messages, AbortSignal.abort())).toEqual(messages.map(({ id }) => id));
    expect(await queued()).toEqual([]);
  });
});
