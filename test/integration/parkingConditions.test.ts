import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Decisions } from '../../functions/ledger/decisions.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { parkedKey } from '../../functions/ledger/parkedItem.ts';
import { ParkedRuns } from '../../functions/ledger/parkedRuns.ts';
import { parkingRules } from '../../lab/prove/model/parking/parkingRules.ts';
import { newRun } from './runnerWorld.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

const numbers = [1, 2, 3];
const runsFound = (['waiting', 'calling', 'done', 'skipped'] as const).flatMap((state) =>
  [false, true].flatMap((isLeased) =>
    [false, true].flatMap((mayHaveCalled) =>
      numbers.map((parkings) => ({ state, isLeased, mayHaveCalled, parkings })),
    ),
  ),
);

async function parked(runId: string, number: number): Promise<ParkedRuns> {
  const parkedRuns = new ParkedRuns(new LedgerTable(world.clients.dynamodb, world.table));
  await parkedRuns.park(parking(runId, number));
  return parkedRuns;
}

function parking(runId: string, number: number): Parameters<ParkedRuns['park']>[0] {
  return {
    runId,
    lane: 'churn-signal',
    trigger: 'churn-signal',
    number,
    orderMs: nowMs,
    endsAtMs: nowMs + 60_000,
    credits: 1,
    body: `parking ${number}`,
    expiresAtSeconds: nowMs / 1000 + 86_400,
  };
}

// The model of parking goes by these rules.
describe("the ledger's conditions are the rules of the model of parking", () => {
  it.each(numbers)('for a parking with number 2 in place of number %i', async (found) => {
    const { runId } = newRun(`park ${found}`, nowMs);
    const parkedRuns = await parked(runId, found);
    const isParked = parkingRules.mayPark(found, 2);
    expect(await parkedRuns.park(parking(runId, 2))).toBe(isParked);
    expect((await parkedRuns.read(runId))?.number).toBe(isParked ? 2 : found);
  });

  it('for a parking where nothing is parked', async () => {
    const { runId } = newRun('park first', nowMs);
    const parkedRuns = await parked(runId, 1);
    await parkedRuns.unpark(runId, 1);
    expect(await parkedRuns.park(parking(runId, 1))).toBe(parkingRules.mayPark(null, 1));
  });

  it.each(numbers)('for unparking number 2 where number %i is parked', async (found) => {
    const { runId } = newRun(`unpark ${found}`, nowMs);
    const parkedRuns = await parked(runId, found);
    const isUnparked = parkingRules.mayUnpark(found, 2);
    expect(await parkedRuns.unpark(runId, 2)).toBe(isUnparked);
    expect((await world.item(parkedKey(runId))) === undefined).toBe(isUnparked);
  });

  it.each(runsFound)(
    'for a decision about parking 2 of a run: $state, leased $isLeased, may have called $mayHaveCalled, parked $parkings',
    async (found) => {
      const { runId } = newRun(`decide ${JSON.stringify(found)}`, nowMs);
      const item = {
        pk: { S: `run#${runId}` },
        state: { S: found.state },
        reason: { S: 'approval' },
        owner: { S: 'another' },
        updatedAtMs: { N: `${nowMs}` },
        leaseUntilMs: { N: `${found.isLeased ? nowMs + 1 : nowMs}` },
        parkings: { N: `${found.parkings}` },
        ...(found.mayHaveCalled ? { lostCallAtMs: { N: `${nowMs}` } } : {}),
      };
      await world.clients.dynamodb.send(new PutItemCommand({ TableName: world.table, Item: item }));
      const decisions = new Decisions(new LedgerTable(world.clients.dynamodb, world.table));
      const options = { decision: 'approved', by: 'ada', nowMs, parkings: 2 } as const;
      const { kind } = await decisions.decide(runId, options);
      const mayDecide = parkingRules.mayDecide({ ...found, owner: 'ended', round: 0, decision: null }, 2);
      expect(kind === 'decided').toBe(mayDecide);
      expect((await world.item(`run#${runId}`))?.approval !== undefined).toBe(mayDecide);
    },
  );
});
