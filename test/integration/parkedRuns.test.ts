import { randomBytes } from 'node:crypto';
import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { approvalLane, notBeforeLane } from '../../functions/ledger/parkedIndex.ts';
import type { ParkedMessage, ParkedRun } from '../../functions/ledger/parkedItem.ts';
import { ParkedRuns, type Parking } from '../../functions/ledger/parkedRuns.ts';
import { readItems } from './ledgerScene.ts';
import { listOf } from './listOf.ts';
import { newClient } from './troubledLedger.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
/** More than an item takes, also when it is deflated. */
const largeBody = JSON.stringify({ filler: randomBytes(600_000).toString('base64') });

let world: World;
let table: LedgerTable;
let parkedRuns: ParkedRuns;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  table = new LedgerTable(world.clients.dynamodb, await world.newTable());
  parkedRuns = new ParkedRuns(table);
});

/** @param shard the first digit of the run's id, which decides on its shard */
function parkingOf(changes: Partial<Parking> = {}, shard = ''): Parking {
  return {
    runId: `${shard}${randomBytes(20).toString('hex')}`.slice(0, 40),
    lane: 'churn-signal',
    trigger: 'churn-signal',
    number: 1,
    orderMs: nowMs,
    endsAtMs: nowMs + 3_600_000,
    credits: 30,
    body: '{"version":1}',
    expiresAtSeconds: nowMs / 1000 + 86_400,
    ...changes,
  };
}

function withoutMessage({ body: _body, expiresAtSeconds: _expires, ...run }: Parking): ParkedRun {
  return run;
}

async function messageOf(runId: string): Promise<ParkedMessage | undefined> {
  return (await parkedRuns.readMessages([runId])).get(runId);
}

async function keysIn(tableName = table.name): Promise<readonly string[]> {
  return (await readItems(world, tableName)).map(({ pk }) => pk?.S ?? '').filter((pk) => pk !== 'lanes');
}

describe('a parked run', () => {
  it('a parked run is found in its lane, by its id, and with its message', async () => {
    const parking = parkingOf({ body: '{"event":"Zürich \\ud83d\\ude00"}' });
    expect(await parkedRuns.park(parking)).toBe(true);
    expect(await parkedRuns.oldest('churn-signal', 10)).toEqual([withoutMessage(parking)]);
    expect(await parkedRuns.read(parking.runId)).toEqual(withoutMessage(parking));
    expect(await messageOf(parking.runId)).toEqual({ number: 1, body: parking.body });
    expect(await table.readOne(`parked#${parking.runId}`)).toMatchObject({
      lane: { S: expect.stringMatching(/^churn-signal#[0-3]$/) },
      message: { B: expect.any(Uint8Array) },
      expiresAt: { N: `${parking.expiresAtSeconds}` },
    });
  });

  it('a message of any text comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (body) => {
        const parking = parkingOf({ body });
        await parkedRuns.park(parking);
        expect(await messageOf(parking.runId)).toEqual({ number: 1, body });
      }),
      { numRuns: 50 },
    );
  });

  it('a message that is larger than an item takes is kept in parts', async () => {
    const parking = parkingOf({ body: largeBody, number: 7 });
    await parkedRuns.park(parking);
    expect(await keysIn()).toEqual([`parked#${parking.runId}`, `parkedPart#${parking.runId}-7#2`]);
    expect(await table.readOne(`parkedPart#${parking.runId}-7#2`)).toMatchObject({
      expiresAt: { N: `${parking.expiresAtSeconds}` },
    });
    expect(await messageOf(parking.runId)).toEqual({ number: 7, body: largeBody });
  });

  it('a run that is not parked is not found', async () => {
    expect(await parkedRuns.read('a'.repeat(40))).toBeUndefined();
    expect(await messageOf('a'.repeat(40))).toBeUndefined();
    expect(await parkedRuns.oldest('churn-signal', 10)).toEqual([]);
  });

  it('a later parking replaces an earlier one, also in another lane', async () => {
    const first = parkingOf();
    const second = { ...first, number: 2, lane: notBeforeLane, orderMs: nowMs + 60_000, body: '{"a":2}' };
    await parkedRuns.park(first);
    expect(await parkedRuns.park(second)).toBe(true);
    expect(await parkedRuns.oldest('churn-signal', 10)).toEqual([]);
    expect(await parkedRuns.oldest(notBeforeLane, 10)).toEqual([withoutMessage(second)]);
    expect(await messageOf(first.runId)).toEqual({ number: 2, body: '{"a":2}' });
  });

  it('a late copy of an earlier parking changes nothing', async () => {
    const late = parkingOf({ lane: notBeforeLane });
    const parking = { ...late, number: 2, lane: 'churn-signal', body: '{"a":2}' };
    await parkedRuns.park(parking);
    expect(await parkedRuns.park(late)).toBe(false);
    expect(await parkedRuns.read(late.runId)).toEqual(withoutMessage(parking));
    expect(await messageOf(late.runId)).toEqual({ number: 2, body: '{"a":2}' });
  });

  it('the same parking may be written twice', async () => {
    const parking = parkingOf({ body: largeBody });
    await parkedRuns.park(parking);
    expect(await parkedRuns.park(parking)).toBe(true);
    expect(await messageOf(parking.runId)).toEqual({ number: 1, body: largeBody });
  });

  it('parkings of one run that are written at the same time leave the last one', async () => {
    const { runId } = parkingOf();
    const numbers = Array.from({ length: 30 }, (_none, index) => ((index * 7) % 30) + 1);
    await Promise.all(
      numbers.map((number) => parkedRuns.park(parkingOf({ runId, number, body: `${number}` }))),
    );
    expect(await messageOf(runId)).toEqual({ number: 30, body: '30' });
  });
});

describe('the runs of a lane', () => {
  it('the oldest come first, whichever shard they are in', async () => {
    const parkings = Array.from({ length: 40 }, (_none, index) =>
      parkingOf({ orderMs: nowMs + ((index * 13) % 40) }, (index % 16).toString(16)),
    );
    await Promise.all(parkings.map((parking) => parkedRuns.park(parking)));
    const inOrder = parkings.map(withoutMessage).sort((a, b) => a.orderMs - b.orderMs);
    expect(await parkedRuns.oldest('churn-signal', 100)).toEqual(inOrder);
    expect(await parkedRuns.oldest('churn-signal', 7)).toEqual(inOrder.slice(0, 7));
  });

  it('runs of the same time come in the same order each time', async () => {
    const parkings = Array.from({ length: 8 }, (_none, index) => parkingOf({}, `${index}`));
    await Promise.all(parkings.map((parking) => parkedRuns.park(parking)));
    const ids = parkings.map(({ runId }) => runId).sort();
    expect((await parkedRuns.oldest('churn-signal', 8)).map(({ runId }) => runId)).toEqual(ids);
  });

  it('each lane has its own runs, and counts them', async () => {
    const lanes = ['churn-signal', 'churn-signal-2', approvalLane, notBeforeLane];
    await Promise.all(
      lanes.flatMap((lane, index) =>
        Array.from({ length: index + 1 }, () => parkedRuns.park(parkingOf({ lane }))),
      ),
    );
    expect(await Promise.all(lanes.map((lane) => parkedRuns.count(lane)))).toEqual([1, 2, 3, 4]);
    expect((await parkedRuns.oldest(approvalLane, 10)).map(({ lane }) => lane)).toEqual(
      Array.from({ length: 3 }, () => approvalLane),
    );
    expect(await parkedRuns.count('empty')).toBe(0);
  });

  it('all runs are found and counted when they are more than one answer takes', async () => {
    // Entries of the index that are as large as this make an answer of 1 MB short.
    const trigger = 'x'.repeat(300_000);
    for (let index = 0; index < 10; index += 1) {
      await parkedRuns.park(parkingOf({ trigger, orderMs: nowMs + index }, '0'));
    }
    const found = await parkedRuns.oldest('churn-signal', 9);
    expect(found.map(({ orderMs }) => orderMs - nowMs)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await parkedRuns.count('churn-signal')).toBe(10);
  });
});

describe('the messages of parked runs', () => {
  it('many messages are read at once, each with its number, and one for an id that is asked for twice', async () => {
    const parkings = Array.from({ length: 120 }, (_none, index) =>
      parkingOf({ number: index, body: `${index}` }),
    );
    await Promise.all(parkings.map((parking) => parkedRuns.park(parking)));
    const ids = parkings.map(({ runId }) => runId);
    const messages = await parkedRuns.readMessages([...ids, ...ids.slice(0, 3), 'f'.repeat(40)]);
    expect(messages.size).toBe(120);
    expect(ids.map((id) => messages.get(id))).toEqual(parkings.map(({ number, body }) => ({ number, body })));
  });

  it('a message without one of its parts is left out, and the others are read', async () => {
    const [torn, whole] = [parkingOf({ body: largeBody }), parkingOf()];
    await parkedRuns.park(torn);
    await parkedRuns.park(whole);
    await table.delete({ pk: `parkedPart#${torn.runId}-1#2` });
    expect([...(await parkedRuns.readMessages([torn.runId, whole.runId])).keys()]).toEqual([whole.runId]);
  });

  it('a message that is damaged is left out', async () => {
    const parking = parkingOf();
    await parkedRuns.park(parking);
    const item = { ...(await table.readOne(`parked#${parking.runId}`)), message: { B: Buffer.from('no') } };
    await world.clients.dynamodb.send(new PutItemCommand({ TableName: table.name, Item: item }));
    expect(await messageOf(parking.runId)).toBeUndefined();
    expect(await parkedRuns.read(parking.runId)).toEqual(withoutMessage(parking));
  });
});

describe('a run that is sent on', () => {
  it('its item and the parts of its message are deleted', async () => {
    const parking = parkingOf({ body: largeBody });
    await parkedRuns.park(parking);
    expect(await parkedRuns.unpark(parking.runId, 1)).toBe(true);
    expect(await keysIn()).toEqual([]);
    expect(await parkedRuns.oldest('churn-signal', 10)).toEqual([]);
  });

  it('it stays parked when it was parked again since', async () => {
    const parking = parkingOf({ number: 2, body: largeBody });
    await parkedRuns.park(parking);
    expect(await parkedRuns.unpark(parking.runId, 1)).toBe(false);
    expect(await messageOf(parking.runId)).toEqual({ number: 2, body: largeBody });
  });

  it('it is unparked once, however many dispatchers have read it', async () => {
    const { runId } = parkingOf();
    await parkedRuns.park(parkingOf({ runId }));
    const all = await Promise.all(Array.from({ length: 20 }, () => parkedRuns.unpark(runId, 1)));
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(await parkedRuns.unpark(runId, 1)).toBe(false);
  });

  it('a run whose message was parked again by a higher number is not lost, whoever is first', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { runId } = parkingOf();
      await parkedRuns.park(parkingOf({ runId }));
      await Promise.all([parkedRuns.unpark(runId, 1), parkedRuns.park(parkingOf({ runId, number: 2 }))]);
      expect(await parkedRuns.read(runId)).toMatchObject({ number: 2 });
    }
  });
});

/** Ends everything that is written after so many writes, as when the process dies. */
function dieAfter(client: DynamoDBClient, writes: number): void {
  let written = 0;
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        if (/Put|Update|Delete/.test(commandName)) {
          written += 1;
          if (written > writes) {
            throw new Error('The process has died');
          }
        }
        return await next(args);
      },
    { step: 'initialize', name: 'die' },
  );
}

describe('a process that dies', () => {
  // Four writes: the lane, two further parts, and the item.
  const body = JSON.stringify({ filler: randomBytes(700_000).toString('base64') });

  async function whileDying(writes: number, work: (dying: ParkedRuns) => Promise<unknown>): Promise<void> {
    const client = await newClient(world);
    dieAfter(client, writes);
    try {
      await expect(work(new ParkedRuns(new LedgerTable(client, table.name)))).rejects.toThrow(/has died/);
    } finally {
      client.destroy();
    }
  }

  it.each([0, 1, 2, 3])(
    'while it parks, after %d writes, leaves nothing that can be read',
    async (writes) => {
      const parking = parkingOf({ body });
      await whileDying(writes, (dying) => dying.park(parking));
      expect(await parkedRuns.oldest('churn-signal', 10)).toEqual([]);
      expect(await messageOf(parking.runId)).toBeUndefined();
      await parkedRuns.park(parking);
      expect(await messageOf(parking.runId)).toEqual({ number: 1, body });
      expect(await parkedRuns.lanes()).toEqual(['churn-signal']);
    },
  );

  it.each([0, 1, 2])(
    'while it unparks, after %d writes, leaves the run parked whole or not at all',
    async (writes) => {
      const parking = parkingOf({ body });
      await parkedRuns.park(parking);
      await whileDying(writes, (dying) => dying.unpark(parking.runId, 1));
      expect(await messageOf(parking.runId)).toEqual(writes === 0 ? { number: 1, body } : undefined);
      expect((await parkedRuns.read(parking.runId)) === undefined).toBe(writes > 0);
    },
  );
});

describe('the pages of a lane', () => {
  it('together have each run of the lane once, in order in each shard', async () => {
    const parkings = Array.from({ length: 60 }, (_none, index) =>
      parkingOf({ orderMs: nowMs - ((index * 7) % 60) }),
    );
    await Promise.all(parkings.map((parking) => parkedRuns.park(parking)));
    await parkedRuns.park(parkingOf({ lane: 'trial-started', trigger: 'trial-started' }));
    const streams = parkedRuns.inPages('churn-signal', 4);
    const ofShards = await Promise.all(streams.map((pages) => listOf(pages)));
    const sizes = ofShards.flat().map((page) => page.length);
    expect(Math.max(...sizes)).toBe(4);
    const orders = ofShards.map((pages) => pages.flat().map(({ orderMs }) => orderMs));
    expect(orders).toEqual(orders.map((some) => some.toSorted((a, b) => a - b)));
    const ids = ofShards.flat(2).map(({ runId }) => runId);
    expect(ids.toSorted()).toEqual(parkings.map(({ runId }) => runId).toSorted());
  });
});

describe('the list of lanes', () => {
  it('a lane is listed when its first run is parked, and stays', async () => {
    expect(await parkedRuns.lanes()).toEqual([]);
    const parking = parkingOf();
    await parkedRuns.park(parking);
    await parkedRuns.park(parkingOf({ lane: approvalLane }));
    await parkedRuns.unpark(parking.runId, 1);
    expect(await new ParkedRuns(table).lanes()).toEqual(['churn-signal', '~approval']);
  });

  it('a process writes each lane once', async () => {
    await parkedRuns.noteLane('churn-signal');
    await table.delete({ pk: 'lanes' });
    await parkedRuns.park(parkingOf());
    expect(await parkedRuns.lanes()).toEqual([]);
    await new ParkedRuns(table).park(parkingOf());
    expect(await parkedRuns.lanes()).toEqual(['churn-signal']);
  });

  it('lanes that are first used at the same time are all listed', async () => {
    const names = Array.from({ length: 20 }, (_none, index) => `lane-${index}`);
    await Promise.all(names.map((name) => new ParkedRuns(table).noteLane(name)));
    expect(await parkedRuns.lanes()).toEqual(names.toSorted());
  });
});
