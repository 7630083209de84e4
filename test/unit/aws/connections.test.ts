import { createServer, type ServerResponse } from 'node:http';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clientConfig } from '../../../functions/aws/clientConfig.ts';
import { renewConnections } from '../../../functions/aws/connections.ts';
import { closeServer, listen } from '../../../simulators/http/listen.ts';
import { startNat } from '../../../simulators/http/nat.ts';

const batchSize = 12;

/** A client as the functions have it, whose connections go through a NAT. */
async function useClient(maxAttempts: number) {
  const waiting: ServerResponse[] = [];
  let answersTogether = 1;
  const server = createServer((_incoming, response) => {
    waiting.push(response);
    if (waiting.length === answersTogether) {
      for (const one of waiting.splice(0)) {
        one.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
      }
    }
  });
  const nat = await startNat(`http://127.0.0.1:${await listen(server, 0)}`);
  const client = new DynamoDBClient({
    ...clientConfig(1_500, maxAttempts),
    region: 'us-east-1',
    endpoint: nat.endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  onTestFinished(async () => {
    await nat.stop();
    await closeServer(server);
  });
  /** @returns how many attempts the call took */
  const send = async (): Promise<number | undefined> => {
    const { $metadata } = await client.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } }));
    return $metadata.attempts;
  };
  const call = (): ReturnType<typeof send> => {
    answersTogether = 1;
    return send();
  };
  /** Calls at the same time, each on its own connection. */
  const batch = (): Promise<Awaited<ReturnType<typeof send>>[]> => {
    answersTogether = batchSize;
    return Promise.all(Array.from({ length: batchSize }, send));
  };
  return { nat, call, batch };
}

function allTook(attempts: number): readonly number[] {
  return Array.from({ length: batchSize }, () => attempts);
}

describe('calls to AWS after connections have died without notice', () => {
  it.each(['reset', 'silent'] as const)('need at most one attempt more than usual (%s)', async (how) => {
    const { nat, call, batch } = await useClient(2);
    await batch();
    expect(nat.drop(how)).toBe(batchSize);
    expect(await call()).toBe(2);
    expect(await batch()).toEqual(allTook(1));
  });

  it('succeed all at once, when each takes a dead connection first', async () => {
    const { nat, batch } = await useClient(2);
    await batch();
    nat.drop('reset');
    expect(await batch()).toEqual(allTook(2));
  });

  it('need no further attempt after a pause between invocations', async () => {
    const { nat, call, batch } = await useClient(1);
    renewConnections(1_000_000);
    await batch();
    nat.drop('silent');
    renewConnections(1_060_001);
    expect(await call()).toBe(1);
  });
});

it('invocations that follow each other use the same connections', async () => {
  const { nat, call } = await useClient(1);
  renewConnections(2_000_000);
  await call();
  renewConnections(2_060_000);
  await call();
  expect(nat.opened).toBe(1);
});
