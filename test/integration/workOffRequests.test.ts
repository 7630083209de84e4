import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type WorkedOff, workOffRequests } from '../../functions/forget/workOffRequests.ts';
import { askMave, defineTriggers } from '../../functions/index.ts';
import { ForgetRequests } from '../../functions/ledger/forgetRequests.ts';
import { cooldownKey, keptKey } from '../../functions/ledger/keys.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { type OpsWorld, runIdOf, startOpsWorld, trackEvent } from '../cli/ops/opsWorld.ts';

const nowMs = Date.now();
const user = 'u-leaves';
const triggers = defineTriggers([
  {
    name: 'churn-signal',
    when: 'event = "churn_signal"',
    run: askMave(() => ({ message: 'Why?' }), { thread: 'per-user' }),
    cooldown: { per: 'user', for: '1h' },
  },
]);

let ops: OpsWorld;
let table: LedgerTable;

beforeAll(async () => {
  ops = await startOpsWorld();
  table = new LedgerTable(ops.world.clients.dynamodb, ops.world.table);
});

afterAll(() => ops?.stop());

const eventOf = (userId: string, messageId: string): object => ({ ...trackEvent(messageId), userId });

beforeEach(async () => {
  for (const pk of (await items()).keys()) {
    await ops.world.forget(pk);
  }
  for (const id of [user, 'u-stays']) {
    const done = { userId: id, messageId: `done of ${id}`, result: `{"content":"About ${id}"}` };
    await ops.putRun(`done of ${id}`, done, eventOf(id, 'done'));
    await ops.putRun(`waits of ${id}`, { userId: id, state: 'waiting', messageId: id }, eventOf(id, 'waits'));
    await ops.put(`collected#${id}#1`, { event: JSON.stringify(eventOf(id, 'c')), runId: runIdOf('c') });
    await ops.put(keptKey('churn-signal', id), { id: `thread of ${id}`, runId: runIdOf('done') });
    await ops.put(cooldownKey('churn-signal', id), { runId: runIdOf('done'), untilMs: nowMs });
  }
  await request(user, nowMs);
});

async function request(userId: string, atMs: number): Promise<void> {
  const requests = new ForgetRequests(table, (error) => expect.unreachable(String(error)));
  await requests.record([userId], atMs, AbortSignal.timeout(10_000));
}

async function items(): Promise<ReadonlyMap<string, string>> {
  const { Items = [] } = await table.send(new ScanCommand({ TableName: table.name }));
  const inOrder = (item: object): object => Object.fromEntries(Object.entries(item).sort());
  return new Map(Items.map((item) => [item.pk?.S ?? '', JSON.stringify(inOrder(item))]));
}

function about(id: string, found: ReadonlyMap<string, string>): readonly string[] {
  return [...found.values()].filter((item) => item.includes(id)).sort();
}

async function workOff(hasTime = (): boolean => true): Promise<WorkedOff> {
  return await workOffRequests(table, { triggers, nowMs, hasTime });
}

describe('working off the requests to forget a user', () => {
  it('leaves nothing of the user, not even the request, and everything of others', async () => {
    const others = about('u-stays', await items());
    expect(await workOff()).toEqual({
      forgotten: 1,
      kept: 0,
      isFinished: true,
      itemsRead: 15,
      removed: { runs: 2, events: 3, keptIds: 1, cooldowns: 1 },
    });
    const after = await items();
    expect(about(user, after)).toEqual([]);
    expect(about('u-stays', after)).toEqual(others);
    expect(after.has(keptKey('churn-signal', 'u-stays'))).toBe(true);
    expect(after.has(cooldownKey('churn-signal', 'u-stays'))).toBe(true);
  });

  it('does nothing twice', async () => {
    await workOff();
    const before = await items();
    const nothing = { runs: 0, events: 0, keptIds: 0, cooldowns: 0 };
    expect(await workOff()).toEqual({
      forgotten: 0,
      kept: 0,
      isFinished: true,
      itemsRead: 0,
      removed: nothing,
    });
    expect(await items()).toEqual(before);
  });

  it('does no harm if two do it at the same time', async () => {
    const others = about('u-stays', await items());
    await Promise.all([workOff(), workOff()]);
    const after = await items();
    expect(about(user, after)).toEqual([]);
    expect(about('u-stays', after)).toEqual(others);
  });

  it('keeps the request of a user whose run is at work, and works off those of others', async () => {
    const leaseUntilMs = nowMs + 60_000;
    await ops.putRun('at-work', { userId: user, state: 'calling', leaseUntilMs }, eventOf(user, 'e'));
    await request('u-stays', nowMs);
    expect(await workOff()).toMatchObject({ forgotten: 1, kept: 1, isFinished: true });
    const during = await items();
    expect(about('u-stays', during)).toEqual([]);
    expect(during.get(`details#${runIdOf('at-work')}`)).toContain(user);
    await ops.putRun('at-work', { userId: user, messageId: 'e' }, eventOf(user, 'e'));
    expect(await workOff()).toMatchObject({ forgotten: 1, kept: 0 });
    expect(about(user, await items())).toEqual([]);
  });

  it('keeps a request that was made once more meanwhile', async () => {
    let again: Promise<void> | undefined;
    const makeAgain = (): boolean => {
      again ??= request(user, nowMs + 1);
      return true;
    };
    await workOff(makeAgain);
    await again;
    const left = [...(await items()).keys()].filter((pk) => pk.startsWith('forget#'));
    expect(left).toHaveLength(1);
  });

  it('keeps the requests if the time is up before all is removed, and goes on the next time', async () => {
    let asked = 0;
    const twoSteps = (): boolean => {
      asked += 1;
      return asked <= 2;
    };
    expect(await workOff(twoSteps)).toMatchObject({ forgotten: 0, kept: 1, isFinished: false });
    expect(await workOff()).toMatchObject({ forgotten: 1, kept: 0, isFinished: true });
    expect(about(user, await items())).toEqual([]);
  });

  it('removes nothing if the time is up before the scan has reached the end', async () => {
    // More than one page of 1 MB.
    const padding = 'x'.repeat(300_000);
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await ops.put(`claim#${name}`, { padding });
    }
    const before = await items();
    expect(await workOff(() => false)).toMatchObject({ forgotten: 0, kept: 1, isFinished: false });
    expect((await items()).size).toBe(before.size);
  });
});
