import { randomBytes } from 'node:crypto';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deleteForgetRequest, readForgetRequests } from '../../functions/forget/recordedRequests.ts';
import { type WorkedOff, workOffRequests } from '../../functions/forget/workOffRequests.ts';
import { askMave, defineTriggers } from '../../functions/index.ts';
import { keepEvent } from '../../functions/ledger/collectedEvents.ts';
import { ForgetRequests } from '../../functions/ledger/forgetRequests.ts';
import { cooldownKey, keptKey } from '../../functions/ledger/keys.ts';
import { LedgerTable, text } from '../../functions/ledger/ledgerTable.ts';
import { PullCursors } from '../../functions/ledger/pullCursors.ts';
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

/** Too large for one item, also deflated. */
const random = randomBytes(600_000).toString('base64');

/** Puts an event into a collection. @returns the keys of its parts */
async function collectLarge(event: object, name: string): Promise<readonly string[]> {
  const partsId = `${runIdOf(name)}-1`;
  const json = JSON.stringify({ ...event, properties: { random } });
  const kept = await keepEvent(table, { partsId, json, expiresAtSeconds: 2_000_000_000 });
  await table.put({ item: { pk: text(`collected#large#${name}`), ...kept } });
  return [...(await items()).keys()].filter((pk) => pk.startsWith(`eventPart#${partsId}#`));
}

async function keysOfParts(): Promise<readonly string[]> {
  return [...(await items()).keys()].filter((pk) => pk.startsWith('eventPart#')).sort();
}

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
  const inOrder = (item: object): object => Object.fromEntries(Object.entries(item).sort());
  const found = new Map<string, string>();
  const pages = paginateScan({ client: ops.world.clients.dynamodb }, { TableName: table.name });
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      found.set(item.pk?.S ?? '', JSON.stringify(inOrder(item)));
    }
  }
  return found;
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

  it('keeps the request while a pull is at work whose state names the user', async () => {
    const cursors = new PullCursors(table);
    const state = { ids: [user] };
    const start = { trigger: 'members', occurrence: 'first', state, nowMs, endsAtMs: nowMs + 60_000 };
    const begin = await cursors.begin(start);
    expect(await workOff()).toMatchObject({ forgotten: 0, kept: 1, isFinished: true });
    if (begin.kind !== 'begun') {
      throw new Error(begin.kind);
    }
    await cursors.endByForce(begin.cursor, { status: 'stopped' }, nowMs);
    expect(await workOff()).toMatchObject({ forgotten: 1, kept: 0 });
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
    const [read] = await readForgetRequests(table);
    await request(user, nowMs + 2);
    expect(read && (await deleteForgetRequest(table, read))).toBe(false);
  });

  it('removes all parts of a large event, and those of others stay', async () => {
    expect((await collectLarge(eventOf(user, 'large'), 'large')).length).toBeGreaterThan(1);
    const ofOther = await collectLarge(eventOf('u-stays', 'large of another'), 'large of another');
    expect(await workOff()).toMatchObject({ forgotten: 1, isFinished: true, removed: { events: 4 } });
    expect(await keysOfParts()).toEqual([...ofOther].sort());
  });

  it('removes what a crash has left of a large event, also if only the event of its run is the user’s', async () => {
    const ofRun = await collectLarge(eventOf(user, 'torn'), `done of ${user}`);
    const asAnonymous = { ...eventOf('u-stays', 'torn'), anonymousId: user };
    await ops.putRun('as anonymous', { userId: 'u-stays', messageId: 'torn' }, asAnonymous);
    const ofEvent = await collectLarge(asAnonymous, 'as anonymous');
    const ofOther = await collectLarge(eventOf('u-stays', 'torn'), 'done of u-stays');
    for (const [first = ''] of [ofRun, ofEvent, ofOther]) {
      await table.delete({ pk: first });
    }
    expect(await workOff()).toMatchObject({ forgotten: 1, isFinished: true });
    expect(await keysOfParts()).toEqual(ofOther.slice(1).sort());
  });

  it('stops when the time is up, wherever that is, and the next time leaves nothing of the user', async () => {
    const shared = [eventOf(user, 'shared'), eventOf('u-stays', 'shared')];
    for (let allowed = 0, isFinished = false; !isFinished; allowed += 1) {
      await ops.putRun('shared', { userId: 'u-stays', messageId: 'shared', result: `{"content":"${user}"}` });
      await ops.put(`details#${runIdOf('shared')}`, { events: JSON.stringify(shared) });
      await ops.putRun(`done of ${user}`, { userId: user }, eventOf(user, 'done'));
      await ops.put(keptKey('churn-signal', user), { id: `thread of ${user}`, runId: runIdOf('done') });
      await collectLarge(eventOf(user, 'large'), 'large');
      await request(user, nowMs);
      let asked = 0;
      const worked = await workOff(() => {
        asked += 1;
        return asked <= allowed;
      });
      ({ isFinished } = worked);
      expect(worked).toMatchObject({ forgotten: isFinished ? 1 : 0, kept: isFinished ? 0 : 1 });
      expect(asked).toBe(isFinished ? allowed : allowed + 1);
      expect(await workOff()).toMatchObject({ forgotten: isFinished ? 0 : 1, kept: 0, isFinished: true });
      const after = await items();
      expect(about(user, after)).toEqual([]);
      expect([...after.keys()]).not.toContain(keptKey('churn-signal', user));
      expect(await keysOfParts()).toEqual([]);
      expect(after.get(`details#${runIdOf('shared')}`)).toContain('u-stays');
    }
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
