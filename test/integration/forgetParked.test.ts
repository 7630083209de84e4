import { randomBytes } from 'node:crypto';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type WorkedOff, workOffRequests } from '../../functions/forget/workOffRequests.ts';
import { ForgetRequests } from '../../functions/ledger/forgetRequests.ts';
import { type LedgerItem, LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { notBeforeLane } from '../../functions/ledger/parkedIndex.ts';
import { ParkedRuns } from '../../functions/ledger/parkedRuns.ts';
import { writeRunMessage } from '../../functions/queue/runMessage.ts';
import {
  type Attributes,
  type OpsWorld,
  runIdOf,
  runMessage,
  startOpsWorld,
  trackEvent,
} from '../cli/ops/opsWorld.ts';
import { listOf } from './listOf.ts';
import { interfere, newClient } from './troubledLedger.ts';

const nowMs = Date.now();
const user = 'u-leaves';
/** A message with it is kept in parts. */
const large = { random: randomBytes(600_000).toString('base64') };

let ops: OpsWorld;
let table: LedgerTable;
let parkedRuns: ParkedRuns;

beforeAll(async () => {
  ops = await startOpsWorld();
  table = new LedgerTable(ops.world.clients.dynamodb, ops.world.table);
  parkedRuns = new ParkedRuns(table);
});

afterAll(() => ops?.stop());

beforeEach(async () => {
  for (const pk of await keys()) {
    await ops.world.forget(pk);
  }
});

async function items(): Promise<readonly LedgerItem[]> {
  const pages = paginateScan({ client: ops.world.clients.dynamodb }, { TableName: table.name });
  return (await listOf(pages)).flatMap(({ Items = [] }) => Items);
}

async function keys(): Promise<readonly string[]> {
  return (await items()).map(({ pk }) => pk?.S ?? '').sort();
}

async function keysOfParked(): Promise<readonly string[]> {
  return (await keys()).filter((pk) => pk.startsWith('parked'));
}

interface ParkedScene {
  readonly userId?: string;
  readonly number?: number;
  readonly properties?: object;
  /** Of the run item. */
  readonly run?: Attributes;
}

/** A run that waits, and is parked. @returns its id */
async function putParked(
  name: string,
  { userId = user, number = 1, properties = {}, run = {} }: ParkedScene = {},
): Promise<string> {
  const event = { ...trackEvent(name), userId };
  const runId = await ops.putRun(name, { userId, state: 'waiting', messageId: name, ...run }, event);
  await park(name, { userId, number, properties });
  return runId;
}

async function park(
  name: string,
  { userId = user, number = 1, properties = {} }: ParkedScene,
): Promise<void> {
  const { event } = runMessage(name);
  await parkedRuns.park({
    runId: runIdOf(name),
    lane: 'churn-signal',
    trigger: 'churn-signal',
    number,
    orderMs: nowMs,
    endsAtMs: nowMs + 3_600_000,
    credits: 20,
    body: writeRunMessage(runMessage(name, { event: { ...event, userId, properties: { ...properties } } })),
    expiresAtSeconds: 2_000_000_000,
  });
}

async function forget(ledger = table): Promise<WorkedOff> {
  await new ForgetRequests(table, (error) => expect.unreachable(String(error))).record(
    [user],
    nowMs,
    AbortSignal.timeout(10_000),
  );
  return await workOffRequests(ledger, { triggers: [], nowMs, hasTime: () => true });
}

/** A ledger where something happens once, before the first write of this kind. */
async function ledgerWith(command: string, meanwhile: () => Promise<void>): Promise<LedgerTable> {
  const client = await newClient(ops.world);
  let isOver = false;
  interfere(client, command, async () => {
    if (!isOver) {
      isOver = true;
      await meanwhile();
    }
  });
  return new LedgerTable(client, table.name);
}

describe('forgetting the user of a parked run', () => {
  it('ends the run, and removes its message with all parts, but not those of others', async () => {
    const runId = await putParked('small');
    await putParked('large', { properties: large });
    await putParked('stays', { userId: 'u-stays', properties: large });
    const others = (await keysOfParked()).filter((pk) => pk.includes(runIdOf('stays')));
    expect(others).toHaveLength(2);
    expect(await forget()).toMatchObject({ forgotten: 1, kept: 0, removed: { runs: 2 } });
    expect(await keysOfParked()).toEqual(others);
    expect(await table.readOne(`run#${runId}`)).toMatchObject({
      state: { S: 'skipped' },
      reason: { S: 'forgotten' },
    });
    expect(JSON.stringify(await items())).not.toContain(user);
    expect(await parkedRuns.oldest('churn-signal', 10)).toHaveLength(1);
  });

  it('removes the parts of a message that a crash has left behind', async () => {
    await putParked('torn', { properties: large });
    await ops.world.forget(`parked#${runIdOf('torn')}`);
    await putParked('parked twice', { properties: large });
    await park('parked twice', { number: 2, properties: large });
    expect(await keysOfParked()).toHaveLength(4);
    expect(await forget()).toMatchObject({ forgotten: 1 });
    expect(await keysOfParked()).toEqual([]);
  });

  it('leaves a run that has something to settle, and its message', async () => {
    const lost = { lostCallAtMs: nowMs - 60_000 };
    const runId = await putParked('lost call', { properties: large, run: lost });
    const before = await keysOfParked();
    expect(await forget()).toMatchObject({ forgotten: 0, kept: 1, removed: { runs: 0 } });
    expect(await keysOfParked()).toEqual(before);
    expect((await parkedRuns.readMessages([runId])).get(runId)?.body).toContain(user);
  });

  it('removes the message of a run that has ended, which the dispatcher has not removed yet', async () => {
    const runId = await putParked('ended', { run: { state: 'done', result: '{"content":"x"}' } });
    expect(await forget()).toMatchObject({ forgotten: 1, removed: { runs: 1 } });
    expect(await keysOfParked()).toEqual([]);
    expect(await table.readOne(`run#${runId}`)).toMatchObject({ state: { S: 'done' } });
  });

  it('loses no message of a run that has begun again since it was read', async () => {
    const runId = await putParked('begun');
    const begin = (): Promise<void> =>
      table
        .update({
          pk: `run#${runId}`,
          change: 'SET #creditsReserved = :credits',
          values: { ':credits': { N: '20' } },
        })
        .then(() => park('begun', { number: 2 }));
    // The plan is made. Its first change is to delete the details.
    const ledger = await ledgerWith('DeleteItemCommand', begin);
    expect(await forget(ledger)).toMatchObject({ forgotten: 0, kept: 1 });
    expect((await parkedRuns.readMessages([runId])).get(runId)).toMatchObject({ number: 2 });
    expect(await table.readOne(`run#${runId}`)).toMatchObject({
      state: { S: 'waiting' },
      userId: { S: user },
    });
  });

  it('loses no message of a run that is parked again while its message is removed', async () => {
    const runId = await putParked('again');
    let deletions = 0;
    const client = await newClient(ops.world);
    // The first deletion is that of the details, the second that of the parked item.
    interfere(client, 'DeleteItemCommand', async () => {
      deletions += 1;
      if (deletions === 2) {
        await park('again', { number: 2 });
      }
    });
    expect(await forget(new LedgerTable(client, table.name))).toMatchObject({ forgotten: 0, kept: 1 });
    expect(await parkedRuns.read(runId)).toMatchObject({ number: 2 });
    expect(await forget()).toMatchObject({ forgotten: 1, kept: 0 });
    expect(await keysOfParked()).toEqual([]);
  });

  it('ends a run whose message the dispatcher takes at the same time', async () => {
    const runId = await putParked('dispatched', { properties: large });
    let deletions = 0;
    const client = await newClient(ops.world);
    interfere(client, 'DeleteItemCommand', async () => {
      deletions += 1;
      if (deletions === 2) {
        await parkedRuns.unpark(runId, 1);
      }
    });
    expect(await forget(new LedgerTable(client, table.name))).toMatchObject({ forgotten: 1, kept: 0 });
    expect(await table.readOne(`run#${runId}`)).toMatchObject({ reason: { S: 'forgotten' } });
    expect(await keysOfParked()).toEqual([]);
  });

  it('finds a run in any lane, after it was interrupted as well', async () => {
    const runId = await putParked('interrupted');
    await parkedRuns.park({
      ...(await parkedRuns.read(runId).then((run) => run ?? expect.fail())),
      lane: notBeforeLane,
      number: 2,
      body: writeRunMessage(runMessage('interrupted')),
      expiresAtSeconds: 2_000_000_000,
    });
    const client = await newClient(ops.world);
    interfere(client, 'UpdateItemCommand', () => Promise.reject(new Error('The process has died')));
    await expect(forget(new LedgerTable(client, table.name))).rejects.toThrow('has died');
    expect(await forget()).toMatchObject({ forgotten: 1, removed: { runs: 1 } });
    expect(await keysOfParked()).toEqual([]);
    expect(await table.readOne(`run#${runId}`)).toMatchObject({ reason: { S: 'forgotten' } });
  });
});
