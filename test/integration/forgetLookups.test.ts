import { afterAll, beforeAll, expect, it } from 'vitest';
import { forgetInLedger } from '../../functions/forget/forgetInLedger.ts';
import { ForgottenUsers } from '../../functions/forget/forgottenUsers.ts';
import { writeEntry } from '../../functions/ledger/collectedEvents.ts';
import { lastResultKey, lookupKey, lookupUser, pulledItemId, seenKey } from '../../functions/ledger/keys.ts';
import { lastResultPut } from '../../functions/ledger/lastResults.ts';
import { LedgerTable, text } from '../../functions/ledger/ledgerTable.ts';
import { LookedUp } from '../../functions/ledger/lookedUp.ts';
import { PulledItems } from '../../functions/ledger/pulledItems.ts';
import { shownLookups } from '../../functions/ledger/runs.ts';
import { SeenItems } from '../../functions/ledger/seenItems.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.now();
const keep = { freshForMs: 3_600_000 } as const;

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

async function forget(table: LedgerTable, userId: string): Promise<void> {
  await forgetInLedger(table, {
    users: new ForgottenUsers([userId]),
    triggers: [],
    remove: true,
    nowMs,
    onProgress: () => undefined,
  });
}

it('removes what was looked up for a user, or names the user, and keeps that of others', async () => {
  const table = new LedgerTable(world.clients.dynamodb, await world.newTable());
  const lookedUp = new LookedUp(table);
  const [profile, members, other, others] = ['ann', 'members', 'bob', 'list'].map(lookupKey) as [
    string,
    string,
    string,
    string,
  ];
  const found = (value: unknown): { value: unknown; atMs: number } => ({ value, atMs: nowMs });
  await lookedUp.keep(profile, found({ traits: { ltv: 5 } }), { ...keep, user: lookupUser('ann') });
  await lookedUp.keep(members, found({ count: 2, userIds: ['bob', 'ann'] }), keep);
  await lookedUp.keep(other, found({ traits: { ltv: 7 } }), { ...keep, user: lookupUser('bob') });
  await lookedUp.keep(others, found({ count: 2, userIds: ['bob', 'annabel'] }), keep);
  await forget(table, 'ann');
  expect([...(await lookedUp.read([profile, members, other, others])).keys()].sort()).toEqual(
    [other, others].sort(),
  );
});

it('removes what pulls know of a user, and keeps that of others', async () => {
  const table = new LedgerTable(world.clients.dynamodb, await world.newTable());
  const items = new PulledItems(table);
  const queued = [
    { item: 'user_id:ann', userId: 'ann', digest: 'd', numbers: {} },
    { item: 'user_id:bob', userId: 'bob', digest: 'd', numbers: {} },
    { item: 'aud_1', digest: 'd', numbers: { size: 5 } },
  ];
  await items.keep('pulls', { occurrence: 'first', step: 0 }, queued, nowMs);
  await forget(table, 'ann');
  const left = await items.read(
    'pulls',
    queued.map(({ item }) => item),
  );
  expect([...left.keys()].sort()).toEqual(['aud_1', 'user_id:bob']);
});

it('removes what comparisons keep of a user: the last result, and that a pull has seen the item', async () => {
  const table = new LedgerTable(world.clients.dynamodb, await world.newTable());
  const seen = new SeenItems(table);
  const itemOf = (userId: string): string => pulledItemId('pulls', `user_id:${userId}`);
  for (const userId of ['ann', 'bob', 'cyd']) {
    const event = { type: 'track', event: 'Profile Pulled', userId };
    const about = { trigger: 'compare', pulledItem: itemOf(userId), collection: 'collection#1', runId: 'r' };
    const entry = { event, result: { content: 'why' } };
    await table.put(lastResultPut({ ...about, entry, asOfMs: nowMs }, nowMs));
  }
  const users = ['ann', 'bob', 'cyd'];
  await seen.note(
    'pulls',
    'first',
    users.map((userId) => `user_id:${userId}`),
    nowMs,
  );
  // What was queued of ann's item says whose it is; of cyd's, her run.
  const queued = { item: 'user_id:ann', userId: 'ann', digest: 'd', numbers: {} };
  await new PulledItems(table).keep('pulls', { occurrence: 'first', step: 0 }, [queued], nowMs);
  const pk = text(`run#${'d'.repeat(40)}`);
  const run = { pk, state: text('done'), userId: text('cyd'), pulledItem: text(itemOf('cyd')) };
  await table.put({ item: run });
  for (const userId of ['ann', 'cyd']) {
    await forget(table, userId);
    expect(await table.readOne(lastResultKey('compare', itemOf(userId)))).toBeUndefined();
  }
  expect(await table.readOne(lastResultKey('compare', itemOf('bob')))).toBeDefined();
  expect((await table.readOne(seenKey('pulls', 'first')))?.items).toEqual({ SS: [itemOf('bob')] });
  expect(await table.readOne(pk.S ?? '')).not.toHaveProperty('pulledItem');
});

it('removes collected events of a run that follows another, and what the run looked up for others too', async () => {
  const table = new LedgerTable(world.clients.dynamodb, await world.newTable());
  const ann = { type: 'track', event: 'left', userId: 'ann' };
  const bob = { type: 'track', event: 'left', userId: 'bob' };
  const put = (pk: string, more: Record<string, string>): Promise<unknown> =>
    table.put({
      item: {
        pk: text(pk),
        ...Object.fromEntries(Object.entries(more).map(([name, value]) => [name, text(value)])),
      },
    });
  await put('collected#c#1', { event: writeEntry({ event: ann, result: { content: 'why' } }) });
  await put('collected#c#2', { event: writeEntry({ event: bob, result: { content: 'ann' } }) });
  const runId = 'c'.repeat(40);
  await put(`run#${runId}`, { state: 'done', userId: 'bob', trigger: 'compare' });
  await put(`details#${runId}`, {
    events: JSON.stringify([ann, bob]),
    request: '{"body":{"message":"ann and bob"}}',
    lookups: shownLookups({ profile: { atMs: nowMs, value: { traits: { name: 'Ann' } } } }),
  });
  await forget(table, 'ann');
  expect(await table.readOne('collected#c#1')).toBeUndefined();
  expect(await table.readOne('collected#c#2')).toBeDefined();
  expect(await table.readOne(`details#${runId}`)).toEqual({
    pk: text(`details#${runId}`),
    events: text(JSON.stringify([bob])),
  });
});
