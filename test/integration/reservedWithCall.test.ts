import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { number } from '../../functions/ledger/ledgerTable.ts';
import { readHistory } from '../../functions/ledger/runItem.ts';
import { askMave } from '../../functions/triggers/actions.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { type ParkingWorld, startParkingWorld } from './parkingWorld.ts';
import { interfere, newClient } from './troubledLedger.ts';
import { startWorld, type World } from './world.ts';

const ask = askMave(() => ({ message: 'Why?' }), { estimatedCredits: 10 });
const budget = { credits: 1_000, per: 'day' } as const;
const triggers: readonly Trigger[] = [
  { name: 'waits', when: 'type = "track"', run: ask, budget },
  { name: 'skips', when: 'type = "track"', run: ask, budget: { ...budget, whenSpent: 'skip' } },
];

let world: World;
let parking: ParkingWorld;
let client: DynamoDBClient;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

afterEach(() => parking.stop());

async function start(): Promise<void> {
  client = await newClient(world);
  parking = await startParkingWorld({ ...world, clients: { ...world.clients, dynamodb: client } }, triggers);
}

const budgetKey = (trigger: string): string => `budget#${trigger}#2026-11-20`;

/** Other runs commit credits between this run's look at its budget and its call. */
function commitFirst(trigger: string, credits: number): void {
  let isOver = false;
  interfere(client, 'TransactWriteItemsCommand', async () => {
    if (!isOver) {
      isOver = true;
      await parking.runner.ledger.update({
        pk: budgetKey(trigger),
        change: 'SET committedCredits = :credits',
        values: { ':credits': number(credits) },
      });
    }
  });
}

async function performNew(trigger: string) {
  const run = parking.runOf(trigger);
  await parking.deliver(run, 'intake');
  const [message] = parking.sent();
  const handled = await parking.deliver(message?.body ?? '', 'ready');
  const item = await parking.runner.ledger.readOne(`run#${run.runId}`);
  return { runId: run.runId, handled, item };
}

describe('credits that are reserved with the announcement of a call', () => {
  it('are spent by the call, and by nothing else', async () => {
    await start();
    const { handled, item } = await performNew('waits');
    expect(handled).toMatchObject({ outcome: 'done' });
    expect(item?.creditsReserved).toBeUndefined();
    const spent = await parking.runner.ledger.readOne(budgetKey('waits'));
    expect(spent?.committedCredits).toEqual(spent?.spentCredits);
  });

  it('are refused when others were faster: the run waits, makes no call, and leaves its cap', async () => {
    await start();
    commitFirst('waits', 995);
    const { runId, handled, item } = await performNew('waits');
    expect(handled).toMatchObject({ outcome: 'waiting', reason: 'budget_spent', gate: 'budget' });
    expect(parking.mavera.threads()).toEqual([]);
    expect(item).toMatchObject({ state: { S: 'waiting' }, attempts: { N: '0' } });
    expect(item?.lostCallAtMs).toBeUndefined();
    expect(readHistory(item?.history?.S).map(({ what }) => what)).toEqual(['taken', 'waits', 'waits']);
    expect(await parking.runner.ledger.readOne('cap#askMave')).toMatchObject({ holders: { M: {} } });
    expect(await parking.runner.ledger.readOne(`parked#${runId}`)).toMatchObject({ trigger: { S: 'waits' } });
  });

  it('are refused when others were faster: the run is skipped if its trigger says so', async () => {
    await start();
    commitFirst('skips', 995);
    expect((await performNew('skips')).handled).toMatchObject({ outcome: 'skipped', reason: 'budget_spent' });
    expect(parking.mavera.threads()).toEqual([]);
  });

  it('are reserved by the gate near the limit, before a place under the cap is taken', async () => {
    await start();
    await parking.runner.ledger.update({
      pk: budgetKey('waits'),
      change: 'SET committedCredits = :credits',
      values: { ':credits': number(995) },
    });
    const { handled } = await performNew('waits');
    expect(handled).toMatchObject({ outcome: 'waiting', reason: 'budget_spent', gate: 'budget' });
    expect(await parking.runner.ledger.readOne('cap#askMave')).toBeUndefined();
  });
});
