import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClaimOptions } from '../../functions/ledger/claims.ts';
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

function optionsOf(owner: string, atMs = nowMs): ClaimOptions {
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
  const outcomes = async (keys: readonly string[], options: ClaimOptions): Promise<unknown[]> => [
    ...new Set((await claims.claim(keys, options)).values()),
  ];

  it('the first request that claims an event gets the claim', async () => {
    const keys = newKeys(count);
    expect(await outcomes(keys, optionsOf('first'))).toEqual(['claimed']);
    expect(await world.item(keys[0] ?? '')).toEqual({
      pk: keys[0],
      state: 'claiming',
      owner: 'first',
      leaseUntilMs: nowMs + 10_000,
      expiresAt: (nowMs + 7 * dayMs) / 1000,
    });
  });

  it('claims are busy for other requests until their lease ends', async () => {
    const keys = newKeys(count);
    await claims.claim(keys, optionsOf('first'));
    expect(await outcomes(keys, optionsOf('second', nowMs + 9_999))).toEqual(['busy']);
  });

  it('claims are taken over when their owner died and the lease has ended', async () => {
    const keys = newKeys(count);
    await claims.claim(keys, optionsOf('first'));
    expect(await outcomes(keys, optionsOf('second', nowMs + 10_000))).toEqual(['claimed']);
    expect(await world.item(keys[0] ?? '')).toMatchObject({ owner: 'second' });
  });

  it('events are duplicates once their claims are marked as queued', async () => {
    const keys = newKeys(count);
    await claims.claim(keys, optionsOf('first'));
    await claims.markQueued(keys, optionsOf('first'));
    expect(await outcomes(keys, optionsOf('second', nowMs + dayMs))).toEqual(['duplicate']);
  });

  it('claims end when they expire, although DynamoDB deletes them hours later', async () => {
    const keys = newKeys(count);
    await claims.claim(keys, optionsOf('first'));
    await claims.markQueued(keys, optionsOf('first'));
    expect(await outcomes(keys, optionsOf('second', nowMs + 7 * dayMs))).toEqual(['claimed']);
  });

  it('released claims can be claimed again at once', async () => {
    const keys = newKeys(count);
    await claims.claim(keys, optionsOf('first'));
    await claims.release(keys, optionsOf('first'));
    expect(await outcomes(keys, optionsOf('second'))).toEqual(['claimed']);
  });

  it('a request that has lost its claims neither marks nor releases them', async () => {
    const keys = newKeys(count);
    await claims.claim(keys, optionsOf('first'));
    await claims.claim(keys, optionsOf('second', nowMs + 10_000));
    await claims.markQueued(keys, optionsOf('first'));
    await claims.release(keys, optionsOf('first'));
    expect(await world.item(keys[0] ?? '')).toMatchObject({ owner: 'second', state: 'claiming' });
    // Taking over after the lease is not trouble.
    expect(troubles).toEqual([]);
  });

  it('claims stay with their owner when only the answer of its first attempt was lost', async () => {
    const keys = newKeys(count);
    await claims.claim(keys, optionsOf('first'));
    expect(await outcomes(keys, optionsOf('first'))).toEqual(['claimed']);
  });

  it('claims are unavailable and not refused when the ledger cannot be reached', async () => {
    const nowhere = new DynamoDBClient({
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1:1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
      maxAttempts: 1,
    });
    const seen: unknown[] = [];
    const unreachable = new Claims(new LedgerTable(nowhere, world.table), (error) => seen.push(error));
    const keys = newKeys(count);
    const result = await unreachable.claim(keys, optionsOf('first'));
    expect([...new Set(result.values())]).toEqual(['unavailable']);
    expect(result.size).toBe(count);
    expect(seen.length).toBeGreaterThan(0);
    const calls = Math.ceil(count / 25);
    seen.length = 0;
    await unreachable.markQueued(keys, optionsOf('first'));
    expect(seen).toHaveLength(calls);
    await unreachable.release(keys, optionsOf('first'));
    expect(seen).toHaveLength(2 * calls);
  });

  it('claims are not taken, marked or released when there is no more time', async () => {
    const over = { ...optionsOf('first'), signal: AbortSignal.abort() };
    const seen: unknown[] = [];
    const hurried = new Claims(new LedgerTable(world.clients.dynamodb, world.table), (error) =>
      seen.push(error),
    );
    const keys = newKeys(count);
    expect([...new Set((await hurried.claim(keys, over)).values())]).toEqual(['unavailable']);
    expect(await outcomes(keys, optionsOf('first'))).toEqual(['claimed']);
    await hurried.markQueued(keys, over);
    await hurried.release(keys, over);
    expect(await world.item(keys[0] ?? '')).toMatchObject({ owner: 'first', state: 'claiming' });
    expect(seen.map((error) => (error as Error).name)).toContain('AbortError');
  });
});

describe('a ledger that fails in the middle of a batch', () => {
  it('a failing ledger is asked no further, and the claims left are unavailable', async () => {
    const client = await newClient(world);
    let calls = 0;
    loseCalls(client, () => {
      calls += 1;
      return calls > 1 ? 'before' : undefined;
    });
    const seen: unknown[] = [];
    const failing = new Claims(new LedgerTable(client, world.table), (error) => seen.push(error));
    const keys = newKeys(1_000);
    const result = await failing.claim(keys, optionsOf('first'));
    const had = keys.filter((key) => result.get(key) === 'claimed');
    expect(had).toHaveLength(25);
    expect(keys.filter((key) => result.get(key) === 'unavailable')).toHaveLength(975);
    // Of forty calls, those that were under way.
    expect(calls).toBeLessThan(40);
    expect(seen.length).toBeLessThan(calls);
  });

  it('claims that refused ours are unavailable when they cannot be read', async () => {
    const client = await newClient(world);
    loseCalls(client, (name) => (name === 'BatchGetItemCommand' ? 'before' : undefined));
    const failing = new Claims(new LedgerTable(client, world.table), () => undefined);
    const [fresh, queued] = [newKeys(2), newKeys(2)];
    await claims.claim(queued, optionsOf('first'));
    const result = await failing.claim([...fresh, ...queued], optionsOf('second'));
    expect(fresh.map((key) => result.get(key))).toEqual(['claimed', 'claimed']);
    expect(queued.map((key) => result.get(key))).toEqual(['unavailable', 'unavailable']);
  });

  it('only the throttled claims of a batch are unavailable, and the trouble is told', async () => {
    const client = await newClient(world);
    const keys = newKeys(3);
    failStatements(client, (key) => (key === keys[1] ? 'ThrottlingError' : undefined));
    const seen: unknown[] = [];
    const throttled = new Claims(new LedgerTable(client, world.table), (error) => seen.push(error));
    const result = await throttled.claim(keys, optionsOf('first'));
    expect(keys.map((key) => result.get(key))).toEqual(['claimed', 'unavailable', 'claimed']);
    const trouble = expect.objectContaining({
      name: 'ThrottlingError',
      message: 'A statement of a batch failed: ThrottlingError',
    });
    expect(seen).toEqual([trouble]);
  });

  it.each(['markQueued', 'release'] as const)(
    'a statement of a batch that fails is told: %s',
    async (change) => {
      const client = await newClient(world);
      failStatements(client, (first) => (['queued', lost].includes(first) ? 'ThrottlingError' : undefined));
      const seen: unknown[] = [];
      const throttled = new Claims(new LedgerTable(client, world.table), (error) => seen.push(error));
      const [lost = '', kept = ''] = newKeys(2);
      await throttled[change]([lost, kept], optionsOf('first'));
      expect(seen).toHaveLength(change === 'markQueued' ? 2 : 1);
    },
  );
});

describe('claims that change hands while they are looked at', () => {
  it('claims that another request releases meanwhile can be claimed', async () => {
    const client = await newClient(world);
    const keys = newKeys(3);
    await claims.claim(keys, optionsOf('first'));
    interfere(client, 'BatchGetItemCommand', () => claims.release(keys, optionsOf('first')));
    const result = await new Claims(new LedgerTable(client, world.table), () => undefined).claim(
      keys,
      optionsOf('second'),
    );
    expect([...result.values()]).toEqual(['claimed', 'claimed', 'claimed']);
  });

  it('a dead claim that a third request takes over meanwhile is busy', async () => {
    const client = await newClient(world);
    const keys = newKeys(3);
    await claims.claim(keys, optionsOf('dead', nowMs - 60_000));
    interfere(client, 'PutItemCommand', async () => {
      await claims.claim(keys, optionsOf('third'));
    });
    const result = await new Claims(new LedgerTable(client, world.table), () => undefined).claim(
      keys,
      optionsOf('second'),
    );
    expect([...result.values()]).toEqual(['busy', 'busy', 'busy']);
  });
});

describe('many requests for the same event', () => {
  it('many requests for one event get one claim', async () => {
    const [key = ''] = newKeys(1);
    const all = await Promise.all(
      Array.from({ length: 200 }, (_, index) => claims.claim([key], optionsOf(`owner ${index}`))),
    );
    const won = all.filter((result) => result.get(key) === 'claimed');
    expect(won).toHaveLength(1);
    expect(all.filter((result) => result.get(key) === 'busy')).toHaveLength(199);
  });
});

describe('a batch of new, queued, busy and dead events', () => {
  it('new, queued, busy and dead claims of a batch each get their outcome', async () => {
    const fresh = newKeys(30);
    const queued = newKeys(30);
    const busy = newKeys(30);
    const dead = newKeys(30);
    await claims.claim(queued, optionsOf('first'));
    await claims.markQueued(queued, optionsOf('first'));
    await claims.claim(dead, optionsOf('first', nowMs - 60_000));
    await claims.claim(busy, optionsOf('first'));
    const result = await claims.claim([...fresh, ...queued, ...busy, ...dead], optionsOf('second'));
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

  it('claiming, marking and releasing a single event are one plain write each', async () => {
    const keys = newKeys(1);
    expect(await commandsOf((some) => some.claim(keys, optionsOf('first')))).toEqual(['PutItemCommand']);
    expect(await commandsOf((some) => some.markQueued(keys, optionsOf('first')))).toEqual([
      'UpdateItemCommand',
    ]);
    const others = newKeys(1);
    await claims.claim(others, optionsOf('first'));
    expect(await commandsOf((some) => some.release(others, optionsOf('first')))).toEqual([
      'DeleteItemCommand',
    ]);
  });

  it('a batch that others have claimed costs one consistent read', async () => {
    const keys = newKeys(3);
    await claims.claim(keys, optionsOf('first'));
    expect(await commandsOf((some) => some.claim(keys, optionsOf('second')))).toEqual([
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
