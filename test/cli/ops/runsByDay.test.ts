import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deployment } from '../../../cli/ops/deployment/deployment.ts';
import { queryRuns, visitRuns } from '../../../cli/ops/ledger/queryRuns.ts';
import { listRuns } from '../../../cli/ops/runs/listRuns.ts';
import { showRun } from '../../../cli/ops/runs/showRun.ts';
import { utcDay } from '../../../functions/ledger/runItem.ts';
import { type LedgerItem, putItems, sceneAtMs } from '../../integration/ledgerScene.ts';
import { type OpsWorld, startOpsWorld, writtenOutput } from './opsWorld.ts';

const nowMs = Date.parse('2026-11-21T12:00:00Z');
const hourMs = 3_600_000;
const releases = new URL('../../integration/releases/', import.meta.url);
/** One of each shard, twice, on two days; every third as releases up to 0.2.0 wrote it. Oldest first. */
const ids = Array.from({ length: 32 }, (_none, index) =>
  `${((index * 7) % 16).toString(16)}${index}`.padEnd(40, '0'),
);
let ops: OpsWorld;
let deployment: Deployment;

function receivedAtMs(index: number): number {
  return nowMs - (ids.length - index) * hourMs;
}

async function putRun(runId: string, atMs: number, day: string): Promise<void> {
  await ops.put(`run#${runId}`, {
    state: 'failed',
    trigger: 'churn-signal',
    receivedAtMs: atMs,
    updatedAtMs: atMs,
    day,
  });
}

beforeAll(async () => {
  ops = await startOpsWorld();
  deployment = ops.deployment;
  for (const [index, runId] of ids.entries()) {
    const day = utcDay(receivedAtMs(index));
    const shard = Number.parseInt(runId.slice(0, 1), 16) % 8;
    await putRun(runId, receivedAtMs(index), index % 3 === 0 ? day : `${day}#${shard}`);
  }
});

afterAll(() => ops.stop());

async function listed(options: Partial<Parameters<typeof listRuns>[1]>, from = deployment) {
  const output = writtenOutput(true);
  await listRuns(from, { since: nowMs - 48 * hourMs, limit: 50, ...options }, nowMs, output);
  return {
    ids: output.values.map((run) => (run as { runId: string }).runId),
    notes: output.notes(),
  };
}

describe('runs of a day that are spread over the keys of the index', () => {
  it('are listed newest first, those of the plain day among them', async () => {
    expect((await listed({})).ids).toEqual(ids.toReversed());
  });

  it('are cut by --limit to the newest, whichever key they have', async () => {
    for (const limit of [1, 10, 31]) {
      const { ids: newest, notes } = await listed({ limit });
      expect(newest).toEqual(ids.toReversed().slice(0, limit));
      expect(notes).toContain(`more than ${limit}: raise --limit`);
    }
    expect((await listed({ limit: 32 })).notes).toBe('');
  });

  it('are listed from --since on', async () => {
    expect((await listed({ since: receivedAtMs(20) })).ids).toEqual(ids.slice(20).toReversed());
  });

  it('are each visited once, as status, tail and the search for an id read them', async () => {
    const visited: string[] = [];
    const filter = { sinceMs: nowMs - 48 * hourMs };
    await visitRuns(deployment, filter, nowMs, ({ runId }) => visited.push(runId));
    expect(visited.sort()).toEqual(ids.toSorted());
    for (const runId of ids.slice(0, 3)) {
      const output = writtenOutput();
      await showRun(deployment, runId.slice(0, 6), nowMs, output);
      expect(output.out()).toContain(`run ${runId}`);
    }
  });

  it('are all read where a key has more than one page', async () => {
    const atMs = nowMs - 24 * 24 * hourMs;
    const many = Array.from({ length: 24 }, (_none, index) => `${index % 2}${index}`.padEnd(40, 'e'));
    for (const [index, runId] of many.entries()) {
      // A page of DynamoDB ends at 1 MB.
      const userId = `${index}`.padEnd(100_000, 'u');
      const day = `${utcDay(atMs)}#${index % 2}`;
      await ops.put(`run#${runId}`, {
        trigger: 'long',
        receivedAtMs: atMs + index,
        updatedAtMs: atMs,
        day,
        userId,
      });
    }
    const filter = { sinceMs: atMs, trigger: 'long' };
    const found: string[] = [];
    for await (const { runId } of queryRuns(deployment, filter, nowMs)) {
      found.push(runId);
    }
    expect(found).toEqual(many.toReversed());
  });
});

describe.each(readdirSync(releases).sort())('the runs of a ledger that was written by %s', (release) => {
  it('are listed', async () => {
    const items = JSON.parse(readFileSync(new URL(release, releases), 'utf8')) as readonly LedgerItem[];
    const tableName = await ops.world.newTable();
    await putItems(ops.world, tableName, items);
    const recorded = items.flatMap(({ pk }) => (pk?.S?.startsWith('run#') ? [pk.S.slice(4)] : []));
    const { ids: found } = await listed({ since: sceneAtMs }, { ...deployment, tableName });
    expect(found.toSorted()).toEqual(recorded.toSorted());
    expect(found.length).toBeGreaterThan(4);
  });
});
