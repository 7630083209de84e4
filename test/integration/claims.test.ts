import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClaimTerms } from '../../functions/ledger/claimAttempt.ts';
import { Claims } from '../../functions/ledger/claims.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const dayMs = 86_400_000;

let world: World;
let claims: Claims;
const troubles: unknown[] = [];

beforeAll(async () => {
  world = await startWorld();
  claims = new Claims(world.clients.dynamodb, world.table, (error) => troubles.push(error));
});

afterAll(() => world.stop());

function termsOf(owner: string, atMs = nowMs): ClaimTerms {
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
  const outcomes = async (keys: readonly string[], terms: ClaimTerms): Promise<unknown[]> => [
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
    const unreachable = new Claims(nowhere, world.table, (error) => seen.push(error));
    const keys = newKeys(count);
    const result = await unreachable.claim(keys, termsOf('first'));
    expect([...new Set(result.values())]).toEqual(['unavailable']);
    expect(result.size).toBe(count);
    expect(seen.length).toBeGreaterThan(0);
    await unreachable.markQueued(keys, termsOf('first'));
    await unreachable.release(keys, termsOf('first'));
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
