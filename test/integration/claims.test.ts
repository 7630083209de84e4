import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClaimOptions } from '../../functions/ledger/claimAttempt.ts';
import { Claims } from '../../functions/ledger/claims.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { failStatements, interfere, loseCalls, newClient } from './troubledLedger.ts';
import { recordCommands } from './troubledQueue.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const dayMs = 86_400_000;

let world: World;
let claims: Claims;
const troubles: unknown[] = [];

beforeAll(async () => {
  world = await startWorld();
  claims = new Claims(new LedgerTable(world.clients.dynamodb, world.table), (error) => troubles.push(error));
});

afterAll(() => world.stop());

function termsOf(owner: string, atMs = nowMs): ClaimOptions {
  return {
    owner,
    nowMs: atMs,
    leaseUntilMs: atMs + 10_000,
    expiresAtSeconds: (atMs + 7 * dayMs) / 1000,
    signal: AbortSignal.timeout(30_000),
  };
}

function newKeys(count: number): string[] {
  return Array.from({ length: count }, () => `claim#${randomUUID()}`);
}

// One key goes by conditional put, many by PartiQL: both must say the same.
describe.each([
  ['a single event', 1],
  ['a batch', 60],
])('claims on %s', (_name, count) => {
  const outcomes = async (keys: readonly string[], terms: ClaimOptions): Promise<unknown[]> => [
    ...new Set((await claims.claim(keys, terms)).values()),
  ];

  it('are had by the first who asks', async () => {
    const keys = newKeys(count);
    expect(await outcomes(keys, termsOf('first'))).toEqual(['claimed']);
    expect(await world.item(keys[0] ?? '')).toEqual({
      pk: keys[0],
      state: 'claiming',
      owner: 'first',
      leaseUntilMs: nowMs + 10_000,
      expiresAt: (nowMs + 7 * dayMs) / 1000,
    });
  });

  it('are busy for others while their lease runs', async () => {
    const keys = newKeys(count);
    await claims.claim(keys, termsOf('first'));
    expect(await outcomes(keys, termsOf('second', nowMs + 9_999))).toEqual(['busy']);
  });

  it('are taken over when their owner died and the lease has run out', async () => {
    const keys = newKeys(count);
    await claims.claim(keys, termsOf('first'));
    expect(await outcomes(keys, termsOf('second', nowMs + 10_000))).toEqual(['claimed']);
    expect(await world.item(keys[0] ?? '')).toMatchObject({ owner: 'second' });
  });

  it('mark their events as seen once they are queued', async () => {
    const keys = newKeys(count);
    await claims.claim(keys, termsOf('first'));
    await claims.markQueued(keys, termsOf('first'));
    expect(await outcomes(keys, termsOf('second', nowMs + dayMs))).toEqual(['duplicate']);
  });

  it('end after their time, although DynamoDB deletes them hours later', async () => {
    const keys = newKeys(count);
    await claims.claim(keys, termsOf('first'));
    await claims.markQueued(keys, termsOf('first'));
    expect(await outcomes(keys, termsOf('second', nowMs + 7 * dayMs))).toEqual(['claimed']);
  });

  it('can be had again at once when they were released', async () => {
    const keys = newKeys(count);
    await claims.claim(keys, termsOf('first'));
    await claims.release(keys, termsOf('first'));
    expect(await outcomes(keys, termsOf('second'))).toEqual(['claimed']);
  });

  it('are neither marked nor released by somebody who has lost them', async () => {
    const keys = newKeys(count);
    await claims.claim(keys, termsOf('first'));
    await claims.claim(keys, termsOf('second', nowMs + 10_000));
    await claims.markQueued(keys, termsOf('first'));
    await claims.release(keys, termsOf('first'));
    expect(await world.item(keys[0] ?? '')).toMatchObject({ owner: 'second', state: 'claiming' });
    // Somebody took over after the lease, as it is meant.
    expect(troubles).toEqual([]);
  });

  it('stay with their owner when its first attempt got there and only the answer was lost', async () => {
    const keys = newKeys(count);
    await claims.claim(keys, termsOf('first'));
    expect(await outcomes(keys, termsOf('first'))).toEqual(['claimed']);
  });

  it('are unavailable, and not refused, when the ledger cannot be reached', async () => {
    const nowhere = new DynamoDBClient({
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1:1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
      maxAttempts: 1,
    });
    const seen: unknown[] = [];
    const unreachable = new Claims(new LedgerTable(nowhere, world.table), (error) => seen.push(error));
    const keys = newKeys(count);
    const result = await unreachable.claim(keys, termsOf('first'));
    expect([...new Set(result.values())]).toEqual(['unavailable']);
    expect(result.size).toBe(count);
    expect(seen.length).toBeGreaterThan(0);
    const calls = Math.ceil(count / 25);
    seen.length = 0;
    await unreachable.markQueued(keys, termsOf('first'));
    expect(seen).toHaveLength(calls);
    await unreachable.release(keys, termsOf('first'));
    expect(seen).toHaveLength(2 * calls);
  });

  it('are neither had, marked nor released when there is no more time', async () => {
    const over = { ...termsOf('first'), signal: AbortSignal.abort() };
    const seen: unknown[] = [];
    const hurried = new Claims(new LedgerTable(world.clients.dynamodb, world.table), (error) =>
      seen.push(error),
    );
    const keys = newKeys(count);
    expect([...new Set((await hurried.claim(keys, over)).values())]).toEqual(['unavailable']);
    expect(await outcomes(keys, termsOf('first'))).toEqual(['claimed']);
    await hurried.markQueued(keys, over);
    await hurried.release(keys, over);
    expect(await world.item(keys[0] ?? '')).toMatchObject({ owner: 'first', state: 'claiming' });
    expect(seen.map((error) => (error as Error).name)).toContain('AbortError');
  });
});

describe('a ledger that fails in the middle of a batch', () => {
  it('is asked no further: what it has not answered is unavailable, and told once', async () => {
    const client = await newClient(world);
    let calls = 0;
    loseCalls(client, () => {
      calls += 1;
      return calls > 1 ? 'before' : undefined;
    });
    const seen: unknown[] = [];
    const failing = new Claims(new LedgerTable(client, world.table), (error) => seen.push(error));
    const keys = newKeys(1_000);
    const result = await failing.claim(keys, termsOf('first'));
    const had = keys.filter((key) => result.get(key) === 'claimed');
    expect(had).toHaveLength(25);
    expect(keys.filter((key) => result.get(key) === 'unavailable')).toHaveLength(975);
    // Those that were under way, of forty.
    expect(calls).toBeLessThan(40);
    expect(seen.length).toBeLessThan(calls);
  });

  it('leaves open whose claims they are when it cannot be read, so that they are unavailable', async () => {
    const client = await newClient(world);
    loseCalls(client, (name) => (name === 'BatchGetItemCommand' ? 'before' : undefined));
    const failing = new Claims(new LedgerTable(client, world.table), () => undefined);
    const [fresh, queued] = [newKeys(2), newKeys(2)];
    await claims.claim(queued, termsOf('first'));
    const result = await failing.claim([...fresh, ...queued], termsOf('second'));
    expect(fresh.map((key) => result.get(key))).toEqual(['claimed', 'claimed']);
    expect(queued.map((key) => result.get(key))).toEqual(['unavailable', 'unavailable']);
  });

  it('answers each claim by itself: those that it throttles are unavailable, and told', async () => {
    const client = await newClient(world);
    const keys = newKeys(3);
    failStatements(client, (key) => (key === keys[1] ? 'ThrottlingError' : undefined));
    const seen: unknown[] = [];
    const throttled = new Claims(new LedgerTable(client, world.table), (error) => seen.push(error));
    const result = await throttled.claim(keys, termsOf('first'));
    expect(keys.map((key) => result.get(key))).toEqual(['claimed', 'unavailable', 'claimed']);
    const trouble = expect.objectContaining({
      name: 'ThrottlingError',
      message: 'A statement of a batch failed: ThrottlingError',
    });
    expect(seen).toEqual([trouble]);
  });

  it.each(['markQueued', 'release'] as const)('tells what it did not do with claims: %s', async (change) => {
    const client = await newClient(world);
    failStatements(client, (first) => (['queued', lost].includes(first) ? 'ThrottlingError' : undefined));
    const seen: unknown[] = [];
    const throttled = new Claims(new LedgerTable(client, world.table), (error) => seen.push(error));
    const [lost = '', kept = ''] = newKeys(2);
    await throttled[change]([lost, kept], termsOf('first'));
    expect(seen).toHaveLength(change === 'markQueued' ? 2 : 1);
  });
});

describe('claims that change hands while they are looked at', () => {
  it('are had when the other one has given them up meanwhile', async () => {
    const client = await newClient(world);
    const keys = newKeys(3);
    await claims.claim(keys, termsOf('first'));
    interfere(client, 'BatchGetItemCommand', () => claims.release(keys, termsOf('first')));
    const result = await new Claims(new LedgerTable(client, world.table), () => undefined).claim(
      keys,
      termsOf('second'),
    );
    expect([...result.values()]).toEqual(['claimed', 'claimed', 'claimed']);
  });

  it('are busy when a third one takes a dead one over meanwhile', async () => {
    const client = await newClient(world);
    const keys = newKeys(3);
    await claims.claim(keys, termsOf('dead', nowMs - 60_000));
    interfere(client, 'PutItemCommand', async () => {
      await claims.claim(keys, termsOf('third'));
    });
    const result = await new Claims(new LedgerTable(client, world.table), () => undefined).claim(
      keys,
      termsOf('second'),
    );
    expect([...result.values()]).toEqual(['busy', 'busy', 'busy']);
  });
});

describe('many requests for the same event', () => {
  it('give one claim', async () => {
    const [key = ''] = newKeys(1);
    const all = await Promise.all(
      Array.from({ length: 200 }, (_, index) => claims.claim([key], termsOf(`owner ${index}`))),
    );
    const won = all.filter((result) => result.get(key) === 'claimed');
    expect(won).toHaveLength(1);
    expect(all.filter((result) => result.get(key) === 'busy')).toHaveLength(199);
  });
});

describe('a batch of new, queued, busy and dead events', () => {
  it('gets the right outcome for each', async () => {
    const fresh = newKeys(30);
    const queued = newKeys(30);
    const busy = newKeys(30);
    const dead = newKeys(30);
    await claims.claim(queued, termsOf('first'));
    await claims.markQueued(queued, termsOf('first'));
    await claims.claim(dead, termsOf('first', nowMs - 60_000));
    await claims.claim(busy, termsOf('first'));
    const result = await claims.claim([...fresh, ...queued, ...busy, ...dead], termsOf('second'));
    const outcomesOf = (keys: readonly string[]): unknown[] => [
      ...new Set(keys.map((key) => result.get(key))),
    ];
    expect(outcomesOf(fresh)).toEqual(['claimed']);
    expect(outcomesOf(queued)).toEqual(['duplicate']);
    expect(outcomesOf(busy)).toEqual(['busy']);
    expect(outcomesOf(dead)).toEqual(['claimed']);
    expect(troubles).toEqual([]);
  });
});

describe('what claims ask of the ledger', () => {
  const commandsOf = async (ask: (claims: Claims) => Promise<unknown>): Promise<readonly unknown[]> => {
    const client = await newClient(world);
    const sent = recordCommands(client);
    await ask(new Claims(new LedgerTable(client, world.table), (error) => troubles.push(error)));
    return sent.map(({ name, input }) => (name === 'BatchGetItemCommand' ? { name, input } : name));
  };

  it('is one write each for a single event, which costs half of what a batch of one does', async () => {
    const keys = newKeys(1);
    expect(await commandsOf((some) => some.claim(keys, termsOf('first')))).toEqual(['PutItemCommand']);
    expect(await commandsOf((some) => some.markQueued(keys, termsOf('first')))).toEqual([
      'UpdateItemCommand',
    ]);
    const others = newKeys(1);
    await claims.claim(others, termsOf('first'));
    expect(await commandsOf((some) => some.release(others, termsOf('first')))).toEqual(['DeleteItemCommand']);
  });

  it('is one look, at what is so by now, for a batch that others have claimed', async () => {
    const keys = newKeys(3);
    await claims.claim(keys, termsOf('first'));
    expect(await commandsOf((some) => some.claim(keys, termsOf('second')))).toEqual([
      'BatchExecuteStatementCommand',
      {
        name: 'BatchGetItemCommand',
        input: {
          RequestItems: {
            [world.table]: { Keys: keys.map((key) => ({ pk: { S: key } })), ConsistentRead: true },
          },
        },
      },
    ]);
  });
});
