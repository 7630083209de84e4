import { randomBytes } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { Runs } from '../../functions/ledger/runs.ts';
import { type BegunReport, SegopsReports } from '../../functions/ledger/segopsReports.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const leaseMs = 15_000;

let world: World;
let runs: Runs;
let reports: SegopsReports;
let runId: string;

beforeAll(async () => {
  world = await startWorld();
  const table = new LedgerTable(world.clients.dynamodb, world.table);
  runs = new Runs(table);
  reports = new SegopsReports(table);
});

afterAll(() => world.stop());

beforeEach(async () => {
  runId = randomBytes(20).toString('hex');
  await putRun('done');
});

async function putRun(state: string): Promise<void> {
  const Item = { pk: { S: `run#${runId}` }, state: { S: state }, updatedAtMs: { N: `${nowMs}` } };
  await world.clients.dynamodb.send(new PutItemCommand({ TableName: world.table, Item }));
}

function begin(owner: string, atMs = nowMs): Promise<BegunReport> {
  return reports.begin({ runId, owner }, atMs, atMs + leaseMs);
}

async function item(): Promise<Record<string, unknown> | undefined> {
  return await world.item(`run#${runId}`);
}

describe('a report to SegOps in the ledger', () => {
  it('one of many deliveries at the same moment sends it', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, (_none, index) => begin(`d-${index}`)));
    expect(all.filter(({ kind }) => kind === 'begun')).toEqual([{ kind: 'begun', sendsBefore: 0 }]);
    expect(all.filter(({ kind }) => kind === 'busy')).toHaveLength(19);
    expect(await item()).toMatchObject({ segopsReportSends: 1 });
  });

  it('nobody sends it once it has arrived', async () => {
    await begin('a');
    await reports.noteSent(runId, nowMs + 100);
    expect(await begin('b', nowMs + 3_600_000)).toEqual({ kind: 'over' });
    expect(await item()).toMatchObject({ segopsReport: 'sent', segopsReportedAtMs: nowMs + 100 });
    expect(await runs.readEnd(runId)).toMatchObject({ reported: { segment: false, segops: true } });
  });

  it('a delivery that died after its call counts as one that may have arrived, once its lease is over', async () => {
    await begin('a');
    expect(await begin('b', nowMs + leaseMs - 1)).toEqual({ kind: 'busy', leaseUntilMs: nowMs + leaseMs });
    expect(await begin('b', nowMs + leaseMs)).toEqual({ kind: 'begun', sendsBefore: 1 });
  });

  it('a call whose answer was lost counts, and one that SegOps did not take does not', async () => {
    await begin('a');
    await reports.noteUnsent({ runId, owner: 'a' }, false);
    expect(await begin('b')).toEqual({ kind: 'begun', sendsBefore: 0 });
    await reports.noteUnsent({ runId, owner: 'b' }, true);
    expect(await begin('c')).toEqual({ kind: 'begun', sendsBefore: 1 });
    await reports.noteUnsent({ runId, owner: 'c' }, false);
    expect(await begin('d')).toEqual({ kind: 'begun', sendsBefore: 1 });
  });

  it('a delivery whose lease was taken over cannot undo what the other one notes', async () => {
    await begin('a');
    await begin('b', nowMs + leaseMs);
    await reports.noteUnsent({ runId, owner: 'a' }, false);
    expect(await item()).toMatchObject({ segopsReport: 'sending', segopsReportSends: 2 });
    await reports.noteSent(runId, nowMs + leaseMs);
    await reports.noteUnsent({ runId, owner: 'b' }, false);
    await reports.noteFailed(runId, nowMs + leaseMs);
    expect(await item()).toMatchObject({ segopsReport: 'sent' });
  });

  it('a note that has reached the ledger is not made twice', async () => {
    expect(await begin('a')).toEqual(await begin('a'));
    await reports.noteUnsent({ runId, owner: 'a' }, false);
    await reports.noteUnsent({ runId, owner: 'a' }, false);
    expect(await item()).toMatchObject({ segopsReport: 'waiting', segopsReportSends: 0 });
  });

  it('a report that failed is sent again when its dead letter is redriven', async () => {
    await reports.noteFailed(runId, nowMs);
    expect(await item()).toMatchObject({ segopsReport: 'failed', segopsReportedAtMs: nowMs });
    expect(await begin('a')).toEqual({ kind: 'begun', sendsBefore: 0 });
  });

  it('a redriven run has a report of its own', async () => {
    await begin('a');
    await reports.noteSent(runId, nowMs);
    await runs.redrive(runId, 'n-1', nowMs, nowMs + 60_000);
    for (const gone of ['segopsReport', 'segopsReportOwner', 'segopsReportSends', 'segopsReportUntilMs']) {
      expect(await item()).not.toHaveProperty(gone);
    }
    // The answer of a call for the old result comes late.
    await reports.noteSent(runId, nowMs + 1);
    expect(await item()).not.toHaveProperty('segopsReport');
    expect(await begin('b')).toEqual({ kind: 'over' });
    await putRun('done');
    expect(await begin('b')).toEqual({ kind: 'begun', sendsBefore: 0 });
  });

  it('nothing is written about a run that does not exist', async () => {
    runId = randomBytes(20).toString('hex');
    expect(await begin('a')).toEqual({ kind: 'over' });
    await reports.noteSent(runId, nowMs);
    await reports.noteFailed(runId, nowMs);
    expect(await item()).toBeUndefined();
  });
});
