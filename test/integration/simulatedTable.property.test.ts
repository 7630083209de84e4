import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LedgerTable, number, text } from '../../functions/ledger/ledgerTable.ts';
import { parkedIndex } from '../../functions/ledger/parkedIndex.ts';
import { countItems, readFirst } from '../../functions/ledger/queryIndex.ts';
import { runStatements } from '../../functions/ledger/statements.ts';
import { type TransactionWrite, transact } from '../../functions/ledger/transact.ts';
import { SimulatedDynamo } from '../../simulators/aws/dynamodb/simulatedDynamo.ts';
import { SimulatedTable } from '../../simulators/aws/dynamodb/simulatedTable.ts';
import { startWorld, type World } from './world.ts';

/** What is done to a table; the answer is compared. */
type Operation = (table: LedgerTable) => Promise<unknown>;

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

const pks = ['a', 'b', 'c'];
const anyPk = fc.constantFrom(...pks);
const anyNumber = fc.integer({ min: -5, max: 5 });
const anyText = fc.constantFrom('', 'waiting', 'calling', 'dÖne');
const anyLane = fc.constantFrom('lane#0', 'lane#1');

/** Conditions of every form that the ledger uses. */
const anyCondition = fc.constantFrom(
  undefined,
  'attribute_not_exists(pk)',
  'attribute_exists(pk) AND NOT #count = :number',
  'attribute_not_exists(pk) OR (#state IN (:text, :other) AND #count <= :number)',
  'attribute_not_exists(#count) OR #count < :number',
  '#count BETWEEN :number AND :higher',
  '#count <> :number AND #state = :text',
  'attribute_exists(holders) AND (size(holders) < :higher OR attribute_exists(holders.#run))',
  'holders.#run <= :number',
  'begins_with(#state, :text)',
  'contains(#lanes, :text) OR #state > :other',
);

/** Changes of every form that the ledger uses; those that need an attribute are made on the condition that there is one. */
const anyGuardedChange = fc.oneof(
  fc.record({
    change: fc.constantFrom(
      'SET #state = :text, #count = if_not_exists(#count, :number)',
      'SET holders = :none',
      'SET holders = :none REMOVE #state',
      'ADD #count :number, #total :higher',
      'SET #state = :text ADD #lanes :set',
      'DELETE #lanes :set',
      'SET lane = :lane, orderMs = :number, #trigger = :text',
    ),
    condition: anyCondition,
  }),
  fc.constantFrom(
    { change: 'SET #count = #count + :higher REMOVE #state', condition: '#count < :number' },
    { change: 'SET #count = #count - :higher', condition: '#count BETWEEN :number AND :higher' },
    {
      change: 'SET holders.#run = :number',
      condition: 'attribute_exists(holders) AND (size(holders) < :higher OR attribute_exists(holders.#run))',
    },
    { change: 'REMOVE holders.#run, #count', condition: 'holders.#run <= :number' },
  ),
);

const anyWords = fc.record({
  count: anyNumber,
  more: fc.nat(5),
  text: anyText,
  other: anyText,
  lane: anyLane,
});

/** Values and names of the placeholders that an expression has: DynamoDB refuses those that it does not have. */
function placeholders(
  words: {
    readonly count: number;
    readonly more: number;
    readonly text: string;
    readonly other: string;
    readonly lane: string;
  },
  expression: string,
) {
  const values = {
    ':number': number(words.count),
    ':higher': number(words.count + words.more),
    ':text': text(words.text),
    ':other': text(words.other),
    ':lane': text(words.lane),
    ':none': { M: {} },
    ':set': { SS: [words.text || 'one'] },
  };
  const used = Object.entries(values).filter(([name]) => new RegExp(`${name}\\b`).test(expression));
  return {
    ...(used.length === 0 ? {} : { values: Object.fromEntries(used) }),
    ...(expression.includes('#run') ? { names: { '#run': 'holder' } } : {}),
  };
}

const anyUpdate = fc
  .record({ pk: anyPk, guarded: anyGuardedChange, words: anyWords })
  .map(({ pk, guarded: { change, condition }, words }) => ({
    pk,
    change,
    condition,
    ...placeholders(words, `${change} ${condition ?? ''}`),
  }));

const anyPut = fc
  .record({ pk: anyPk, condition: anyCondition, words: anyWords, isIndexed: fc.boolean() })
  .map(({ pk, condition, words, isIndexed }) => ({
    item: {
      pk: text(pk),
      count: number(words.count),
      state: text(words.text),
      message: { B: new Uint8Array(Buffer.from(words.other)) },
      ...(isIndexed ? { lane: text(words.lane), orderMs: number(words.more) } : {}),
    },
    condition,
    ...placeholders(words, condition ?? ''),
  }));

/** The statements of claims, several in one call. Each tells only of its own success. */
const anyStatements = fc
  .uniqueArray(
    fc.record({ pk: anyPk, kind: fc.constantFrom('insert', 'update', 'delete'), words: anyWords }),
    { minLength: 1, maxLength: 3, selector: ({ pk }) => pk },
  )
  .map(
    (statements): Operation =>
      async (table) => {
        const requests = statements.map(({ pk, kind, words }) => statementOf(table.name, pk, kind, words));
        const errors = await runStatements(table, requests, AbortSignal.timeout(60_000));
        return errors.map((error) => error?.name ?? 'done');
      },
  );

function statementOf(table: string, pk: string, kind: string, words: { text: string; other: string }) {
  const [key, state, owner] = [text(pk), text(words.text), text(words.other)];
  switch (kind) {
    case 'insert': {
      const Statement = `INSERT INTO "${table}" VALUE {'pk': ?, 'state': ?, 'owner': ?}`;
      return { Statement, Parameters: [key, state, owner] };
    }
    case 'update': {
      const Statement = `UPDATE "${table}" SET "state"=? WHERE "pk"=? AND "owner"=?`;
      return { Statement, Parameters: [state, key, owner] };
    }
    default:
      return {
        Statement: `DELETE FROM "${table}" WHERE "pk"=? AND "owner"=?`,
        Parameters: [key, owner],
      };
  }
}

const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  anyStatements,
  anyUpdate.map(
    (update): Operation =>
      (table) =>
        table.update(update),
  ),
  anyUpdate.map(
    (update): Operation =>
      async (table) => {
        const { kind, item } = await table.update(update, { returns: 'ALL_OLD' });
        // The emulator answers with the key of an item that was not there, DynamoDB with nothing.
        return { kind, item: Object.keys(item).length === 1 ? {} : item };
      },
  ),
  anyPut.map(
    (put): Operation =>
      (table) =>
        table.put(put),
  ),
  fc.record({ pk: anyPk, condition: anyCondition, words: anyWords }).map(
    ({ pk, condition, words }): Operation =>
      (table) =>
        table.delete({ pk, condition, ...placeholders(words, condition ?? '') }),
  ),
  fc
    .uniqueArray(
      fc.oneof(
        anyUpdate.map((update) => ({ update })),
        anyPut.map((put) => ({ put })),
      ),
      {
        minLength: 1,
        maxLength: 3,
        selector: pkOf,
      },
    )
    .map(
      (writes): Operation =>
        (table) =>
          transact(table, writes),
    ),
);

function pkOf(write: TransactionWrite): string {
  return 'update' in write ? write.update.pk : (write.put.item.pk?.S ?? '');
}

/** An answer, or the name of the error; sets in order. */
async function answerOf(table: LedgerTable, operation: Operation): Promise<unknown> {
  try {
    return inOrder(await operation(table));
  } catch (error) {
    return (error as Error).name;
  }
}

function inOrder(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, member: unknown) =>
      name === 'SS' ? (member as string[]).toSorted() : member instanceof Uint8Array ? [...member] : member,
    ),
  );
}

async function everythingIn(table: LedgerTable): Promise<unknown> {
  const items = await table.read(pks);
  const lanes = ['lane#0', 'lane#1'].map((value) => ({ index: parkedIndex, value }));
  return inOrder({
    items: pks.map((pk) => items.get(pk) ?? null),
    entries: await Promise.all(lanes.map(async (key) => await placesIn(table, key))),
    counts: await Promise.all(lanes.map((key) => countItems(table, key))),
  });
}

/** Entries of one place may come in any order. */
async function placesIn(table: LedgerTable, key: Parameters<typeof readFirst>[1]): Promise<unknown> {
  const items = await readFirst(table, key, 10);
  return items.map(({ orderMs, trigger }) => [Number(orderMs?.N), trigger?.S ?? null]).toSorted();
}

function simulated(): LedgerTable {
  const table = new SimulatedTable([parkedIndex], () => 0);
  const dynamo = new SimulatedDynamo(table, { now: () => 0, sleep: async () => undefined, random: () => 0 });
  const client: DynamoDBClient = dynamo.client(
    () => 'test',
    async (work) => await work(),
  );
  return new LedgerTable(client, 'simulated');
}

describe('the simulated DynamoDB', () => {
  it('answers random operations as the emulator does, and then has the same items and index entries', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyOperation, { minLength: 1, maxLength: 12 }), async (operations) => {
        const emulated = new LedgerTable(world.clients.dynamodb, await world.newTable());
        const own = simulated();
        for (const operation of operations) {
          expect(await answerOf(own, operation)).toEqual(await answerOf(emulated, operation));
        }
        expect(await everythingIn(own)).toEqual(await everythingIn(emulated));
      }),
      { numRuns: 60 },
    );
  });
});
