import { beforeEach, describe, expect, it } from 'vitest';
import { lastResultKey, pulledItemId } from '../../../functions/ledger/keys.ts';
import { type ItemResult, LastResults, lastResultPut } from '../../../functions/ledger/lastResults.ts';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { PullCursors } from '../../../functions/ledger/pullCursors.ts';
import { SeenItems } from '../../../functions/ledger/seenItems.ts';
import { SimulatedDynamo } from '../../../simulators/aws/dynamodb/simulatedDynamo.ts';
import { SimulatedTable } from '../../../simulators/aws/dynamodb/simulatedTable.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const occurrence = 'first';
const comparison = {
  trigger: 'comparison',
  pull: 'pulls',
  collection: 'collection#1',
  collected: new Set<string>(),
  count: 0,
  bytes: 0,
};

let table: LedgerTable;

beforeEach(async () => {
  const surroundings = { now: () => nowMs, sleep: () => Promise.resolve(), random: () => 0.5 };
  const dynamo = new SimulatedDynamo(new SimulatedTable([], () => 0), surroundings);
  table = new LedgerTable(
    dynamo.client(
      () => 'test',
      async (work) => await work(),
    ),
    'ledger',
  );
  const start = { trigger: 'pulls', occurrence, state: {}, nowMs, endsAtMs: nowMs + 1_000 };
  await new PullCursors(table).begin(start);
});

/** Notes items as seen, and keeps a last result of each. */
async function keep(items: readonly string[], result: Readonly<Record<string, unknown>>): Promise<void> {
  await new SeenItems(table).note('pulls', occurrence, items, nowMs);
  for (const item of items) {
    await table.put(lastResultPut(resultOf(item, result), nowMs));
  }
}

function resultOf(item: string, result: Readonly<Record<string, unknown>>): ItemResult {
  const event = { type: 'track', event: 'Item Pulled', properties: { item } };
  const pulledItem = pulledItemId('pulls', item);
  const { trigger, collection } = comparison;
  return { trigger, pulledItem, collection, entry: { event, result }, asOfMs: nowMs, runId: 'r' };
}

function itemsNamed(count: number): readonly string[] {
  return Array.from({ length: count }, (_none, index) => `item-${index}`);
}

describe('the last results that are compared', () => {
  it('are 1,000 with the items of the collection, and it is said how many did not fit', async () => {
    await keep(itemsNamed(1_000), { content: 'why' });
    const { entries, leftOut } = await new LastResults(table).unchanged({ ...comparison, count: 10 });
    expect([entries.length, leftOut]).toEqual([990, 10]);
  });

  it('are those of the first 1,000 items that the pull sees', async () => {
    await keep(itemsNamed(1_000), { content: 'why' });
    await keep(['one more'], { content: 'why' });
    expect(await new SeenItems(table).read('pulls')).not.toContain(pulledItemId('pulls', 'one more'));
  });

  it('have 32 MB with the events of the collection', async () => {
    await keep(itemsNamed(100), { content: 'why' });
    const whole = await new LastResults(table).unchanged(comparison);
    const bytes = 32 * 1024 * 1024 - 1;
    const full = await new LastResults(table).unchanged({ ...comparison, bytes });
    expect([whole.entries.length, whole.leftOut]).toEqual([100, 0]);
    expect([full.entries.length, full.leftOut]).toEqual([1, 99]);
  });

  it('leave out the items of the collection itself', async () => {
    await keep(['a', 'b'], { content: 'why' });
    const collected = new Set([pulledItemId('pulls', 'a')]);
    const { entries } = await new LastResults(table).unchanged({ ...comparison, collected });
    expect(entries).toMatchObject([{ event: { properties: { item: 'b' } } }]);
  });

  it('are cut where they are longer than 100 KB, and stay events with results', async () => {
    await keep(['a'], { content: 'x'.repeat(300_000), sources: ['y'.repeat(300_000)] });
    const { entries } = await new LastResults(table).unchanged(comparison);
    const [entry] = entries;
    expect(JSON.stringify(entry).length).toBeLessThan(100_000);
    expect(entry).toMatchObject({
      event: { type: 'track', properties: { item: 'a' } },
      result: { content: expect.stringContaining('[…cut]') },
    });
  });

  it('are removed by what is not older alone', async () => {
    await keep(['a'], { content: 'why' });
    const lastResults = new LastResults(table);
    const key = lastResultKey('comparison', pulledItemId('pulls', 'a'));
    await lastResults.remove('comparison', pulledItemId('pulls', 'a'), nowMs - 1);
    expect(await table.readOne(key)).toBeDefined();
    await lastResults.remove('comparison', pulledItemId('pulls', 'a'), nowMs);
    expect(await table.readOne(key)).toBeUndefined();
  });
});
