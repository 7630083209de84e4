import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Deployment } from '../../../cli/ops/deployment/deployment.ts';
import { forgetUsers } from '../../../cli/ops/forget/forgetCommand.ts';
import type { ForgetResult } from '../../../cli/ops/forget/forgetReport.ts';
import { keepEvent } from '../../../functions/ledger/collectedEvents.ts';
import { forgetRequest } from '../../../functions/ledger/forgetRequests.ts';
import { cooldownKey, keptKey } from '../../../functions/ledger/keys.ts';
import { LedgerTable, text } from '../../../functions/ledger/ledgerTable.ts';
import { PullCursors } from '../../../functions/ledger/pullCursors.ts';
import { listOf } from '../../integration/listOf.ts';
import { drain } from '../../integration/world.ts';
import {
  type OpsWorld,
  putDeadLetter,
  runIdOf,
  runMessage,
  startOpsWorld,
  trackEvent,
  writtenOutput,
} from './opsWorld.ts';

const nowMs = Date.now();
const user = 'u-forget';
/** Triggers that keep a thread for each user, and a persona for each company. */
const triggersFile = `
  import { askMave, defineTriggers, updatePersona } from 'mavera-triggers';
  export default defineTriggers([
    {
      name: 'churn-signal',
      when: 'event = "churn_signal"',
      run: askMave(() => ({ message: 'Why?' }), { thread: 'per-user' }),
      cooldown: { per: 'user', for: '1h' },
    },
    {
      name: 'account',
      when: 'event = "churn_signal"',
      run: updatePersona(() => ({ name: 'An account' }), { per: (event) => event.properties.account }),
    },
  ]);
`;

let ops: OpsWorld;
let deployment: Deployment;
let directory: string;
let triggers: string;

beforeAll(async () => {
  ops = await startOpsWorld();
  directory = await mkdtemp(join(tmpdir(), 'forget-'));
  triggers = join(directory, 'triggers.ts');
  await writeFile(triggers, triggersFile);
});

afterAll(async () => {
  await ops.stop();
  await rm(directory, { recursive: true });
});

function eventOf(userId: string, messageId: string, properties: object = {}): object {
  return { ...trackEvent(messageId, properties), userId };
}

/** A ledger with everything that can hold an id of the user, beside things of others. */
beforeEach(async () => {
  deployment = await ops.withFreshQueues();
  for (const pk of (await keysInLedger()).keys()) {
    await ops.world.forget(pk);
  }
  const result = JSON.stringify({ threadId: 'thread-1', content: `About ${user}` });
  const done = { userId: user, result, detail: `It is about ${user}` };
  await ops.putRun('done', done, eventOf(user, 'done', { account: 'acme' }));
  await ops.putRun('waits', { userId: user, state: 'waiting' }, eventOf(user, 'waits'));
  await ops.putRun(
    'other',
    { userId: 'u-other', result: '{"threadId":"thread-2"}' },
    eventOf('u-other', 'x'),
  );
  // A run of another user that was made for collected events, one of them the user's.
  await ops.putRun('shared', { userId: 'u-other', result: '{"personaId":"persona-1"}', collected: 2 });
  await ops.put(`details#${runIdOf('shared')}`, {
    events: JSON.stringify([eventOf('u-other', 'a'), eventOf(user, 'b')]),
    request: JSON.stringify({ method: 'POST', path: '/personas', body: { name: user } }),
  });
  await ops.put('collected#c-1#1', { event: JSON.stringify(eventOf(user, 'c')), runId: runIdOf('done') });
  await ops.put('collected#c-1#2', {
    event: JSON.stringify(eventOf('u-other', 'd')),
    runId: runIdOf('other'),
  });
  await ops.put(keptKey('churn-signal', user), { id: 'thread-1', runId: runIdOf('done') });
  await ops.put(keptKey('churn-signal', 'u-other'), { id: 'thread-2', runId: runIdOf('other') });
  await ops.put(keptKey('account', 'acme'), { id: 'persona-2', runId: runIdOf('done') });
  await ops.put(cooldownKey('churn-signal', user), { runId: runIdOf('done'), untilMs: nowMs });
  await ops.put('claim#1', { state: 'queued' });
  await putDeadLetter(
    deployment,
    runMessage('letter', { event: eventOf(user, 'letter') as never }),
    'expired',
  );
  await putDeadLetter(deployment, runMessage('letter-of-another'), 'expired');
});

async function keysInLedger(): Promise<ReadonlyMap<string, string>> {
  const pages = paginateScan({ client: deployment.dynamodb }, { TableName: deployment.tableName });
  const Items = (await listOf(pages)).flatMap((page) => page.Items ?? []);
  const inOrder = (item: object): object => Object.fromEntries(Object.entries(item).sort());
  return new Map(Items.map((item) => [item.pk?.S ?? '', JSON.stringify(inOrder(item))]));
}

async function forgetWith(
  ids: readonly string[],
  options: { readonly yes?: true; readonly dryRun?: true; readonly file?: string; readonly requested?: true },
): Promise<{ readonly isComplete: boolean; readonly result: ForgetResult }> {
  const output = writtenOutput(true);
  const isComplete = await forgetUsers(deployment, ids, { triggers, ...options }, nowMs, output);
  return { isComplete, result: output.values[0] as ForgetResult };
}

describe('forget', () => {
  it('leaves no id of the user in the ledger and the dead-letter queue, and everything of others', async () => {
    const before = await keysInLedger();
    const { isComplete, result } = await forgetWith([user], { yes: true });
    expect(isComplete).toBe(true);
    const after = await keysInLedger();
    expect([...after.values()].filter((item) => item.includes(user))).toEqual([]);
    for (const pk of [
      `run#${runIdOf('other')}`,
      `details#${runIdOf('other')}`,
      'collected#c-1#2',
      'claim#1',
    ]) {
      expect(after.get(pk)).toBe(before.get(pk));
    }
    expect(after.has(keptKey('churn-signal', 'u-other'))).toBe(true);
    expect(after.get(`details#${runIdOf('shared')}`)).toContain('u-other');
    expect(result.users).toEqual([
      { userId: user, runs: 3, events: 4, keptIds: 2, cooldowns: 1, deadLetters: 1 },
    ]);
    const letters = await drain(deployment.sqs, deployment.deadLetterQueueUrl);
    expect(letters.map(({ Body }) => JSON.parse(Body ?? '').messageId)).toEqual(['letter-of-another']);
  });

  it('removes large events that are kept in parts, also those of which a crash has left some parts', async () => {
    const table = new LedgerTable(deployment.dynamodb, deployment.tableName);
    const random = randomBytes(600_000).toString('base64');
    const keep = async (owner: string, name: string): Promise<string> => {
      const partsId = `${runIdOf(name)}-1`;
      const json = JSON.stringify(eventOf(owner, name, { random }));
      const kept = await keepEvent(table, { partsId, json, expiresAtSeconds: 2_000_000_000 });
      await table.put({ item: { pk: text(`collected#c-2#${name}`), ...kept } });
      return `eventPart#${partsId}`;
    };
    await keep(user, 'large');
    const crashed = await keep(user, 'done');
    await table.delete({ pk: `${crashed}#1` });
    const ofOther = await keep('u-other', 'other');
    const before = await keysInLedger();
    expect([...before.keys()].filter((pk) => pk.startsWith('eventPart#')).length).toBeGreaterThanOrEqual(5);
    const { result } = await forgetWith([user], { yes: true });
    expect(result.users).toMatchObject([{ runs: 3, events: 5 }]);
    const parts = (items: ReadonlyMap<string, string>): string[] =>
      [...items].flatMap(([pk, item]) => (pk.startsWith('eventPart#') ? [item] : []));
    const others = [...before].flatMap(([pk, item]) => (pk.startsWith(ofOther) ? [item] : []));
    expect(parts(await keysInLedger()).sort()).toEqual(others.sort());
  });

  it('keeps the items of ended runs, so that a repeated event starts nothing', async () => {
    await forgetWith([user], { yes: true });
    const after = await keysInLedger();
    expect(JSON.parse(after.get(`run#${runIdOf('done')}`) ?? '')).toMatchObject({ state: { S: 'done' } });
  });

  it('ends runs that wait, so that Mavera is not called for them', async () => {
    await forgetWith([user], { yes: true });
    const after = await keysInLedger();
    expect(JSON.parse(after.get(`run#${runIdOf('waits')}`) ?? '')).toMatchObject({
      state: { S: 'skipped' },
      reason: { S: 'forgotten' },
    });
  });

  it('leaves runs that are at work or hold credits, names them, and returns false', async () => {
    const leaseUntilMs = nowMs + 60_000;
    await ops.putRun('at-work', { userId: user, state: 'calling', leaseUntilMs }, eventOf(user, 'e'));
    await ops.putRun('reserved', { userId: user, state: 'waiting', creditsReserved: 50 }, eventOf(user, 'f'));
    const { isComplete, result } = await forgetWith([user], { yes: true });
    expect(isComplete).toBe(false);
    expect([...result.openRuns].sort()).toEqual([runIdOf('at-work'), runIdOf('reserved')].sort());
    const after = await keysInLedger();
    expect(after.get(`details#${runIdOf('at-work')}`)).toContain(user);
  });

  it('lists what Mavera keeps, with the calls that delete it and without a secret', async () => {
    const { result } = await forgetWith([user], { yes: true });
    expect(result.atMavera.map(({ kind, id }) => `${kind} ${id}`).sort()).toEqual([
      'persona persona-1',
      'persona persona-2',
      'thread thread-1',
    ]);
    const output = writtenOutput();
    await forgetUsers(deployment, ['u-other'], { triggers }, nowMs, output);
    expect(output.out()).toContain(
      'curl -X DELETE "$MAVERA_BASE_URL/mave/threads/thread-2" -H "Authorization: Bearer $MAVERA_API_KEY"',
    );
  });

  it('lists the focus group for which a dead-lettered run was waiting', async () => {
    const lost = { userId: user, state: 'failed', reason: 'expired', pending: 'fg-1' };
    await ops.putRun('dead-lettered', lost, eventOf(user, 'e'));
    const { result } = await forgetWith([user], { dryRun: true });
    expect(result.atMavera).toContainEqual({ kind: 'focus group', id: 'fg-1', calls: [] });
  });

  it('only shows what it would remove without --yes, and with --dry-run', async () => {
    const before = await keysInLedger();
    const output = writtenOutput();
    expect(await forgetUsers(deployment, [user], { triggers }, nowMs, output)).toBe(false);
    expect(output.out()).toMatch(/^Would be removed:\n\nuser +runs +events .*\nu-forget +3 +4 +2 +1 +1\n/);
    expect(output.notes()).toContain('Nothing was removed: add --yes');
    expect((await forgetWith([user], { dryRun: true, yes: true })).isComplete).toBe(true);
    expect(await keysInLedger()).toEqual(before);
    expect(await drain(deployment.sqs, deployment.deadLetterQueueUrl)).toHaveLength(2);
  });

  it('forgets all users of a file in one scan', async () => {
    const file = join(directory, 'users.txt');
    await writeFile(file, `${user}\n\n  u-other\n`);
    const { result } = await forgetWith([], { yes: true, file });
    expect(result.users.map(({ userId }) => userId)).toEqual([user, 'u-other']);
    const after = await keysInLedger();
    expect([...after.values()].filter((item) => /u-forget|u-other/.test(item))).toEqual([]);
  });

  it('forgets the users whose requests the receiver has recorded, and removes the requests', async () => {
    const Item = { ...forgetRequest(user, nowMs) };
    await deployment.dynamodb.send(new PutItemCommand({ TableName: deployment.tableName, Item }));
    const { isComplete, result } = await forgetWith([], { yes: true, requested: true });
    expect(isComplete).toBe(true);
    expect(result.users).toMatchObject([{ userId: user, runs: 3 }]);
    const after = await keysInLedger();
    expect([...after].filter(([pk, item]) => pk.startsWith('forget#') || item.includes(user))).toEqual([]);
    const output = writtenOutput();
    const again = await forgetUsers(deployment, [], { triggers, requested: true }, nowMs, output);
    expect([again, output.notes()]).toEqual([true, 'No request is recorded: nothing was removed.']);
  });

  it('keeps a request while a run of its user has not ended', async () => {
    await ops.putRun('at-work', { userId: user, state: 'calling', leaseUntilMs: nowMs + 60_000 });
    const Item = { ...forgetRequest(user, nowMs) };
    await deployment.dynamodb.send(new PutItemCommand({ TableName: deployment.tableName, Item }));
    expect((await forgetWith([], { yes: true, requested: true })).isComplete).toBe(false);
    expect([...(await keysInLedger()).keys()].some((pk) => pk.startsWith('forget#'))).toBe(true);
  });

  it('leaves the requests for which one scan has no room, and says so', async () => {
    const Item = { ...forgetRequest(user, nowMs) };
    await deployment.dynamodb.send(new PutItemCommand({ TableName: deployment.tableName, Item }));
    // One user, so that the scan is quick: each name takes room.
    const others = Array.from({ length: 10_000 }, () => 'u-other');
    const output = writtenOutput();
    const options = { triggers, requested: true, dryRun: true } as const;
    expect(await forgetUsers(deployment, others, options, nowMs, output)).toBe(true);
    expect(output.notes()).toContain(
      '1 of 1 requests stay: one scan forgets 10000 users. Run it again for them.',
    );
  });

  it('refuses more users than one scan has room for, and says what to do', async () => {
    const tooMany = Array.from({ length: 10_001 }, (_none, index) => `other-${index}`);
    await expect(forgetUsers(deployment, tooMany, { triggers }, nowMs, writtenOutput())).rejects.toThrow(
      '10001 users are too many for one scan: split them into files of 10000.',
    );
  });

  it('says whom to forget if nobody is named', async () => {
    await expect(forgetUsers(deployment, [], { triggers }, nowMs, writtenOutput())).rejects.toThrow(
      'Say whom to forget: user ids, --file, or --requested.',
    );
  });
});

describe('forget, with a pull at work', () => {
  it('says whose state names the user, and is complete when the occurrence has ended', async () => {
    const cursors = new PullCursors(new LedgerTable(deployment.dynamodb, deployment.tableName));
    const state = { at: 'members', ids: ['u-other', user] };
    const occurrence = { trigger: 'members', occurrence: 'first', nowMs, endsAtMs: nowMs + 60_000 };
    const begin = await cursors.begin({ ...occurrence, state });
    const first = await forgetWith([user], { yes: true });
    expect(first).toMatchObject({ isComplete: false, result: { openPulls: ['members'] } });
    const output = writtenOutput();
    await forgetUsers(deployment, [user], { triggers, yes: true }, nowMs, output);
    expect(output.out()).toContain(
      'The state of pulls at work names them: members. It is removed when the occurrence ends.\n' +
        'Run the command again then. To end it at once: npm run ops -- pulls stop members --local',
    );
    expect(await forgetWith(['u-nobody'], { yes: true })).toMatchObject({ isComplete: true });
    if (begin.kind !== 'begun') {
      throw new Error(begin.kind);
    }
    await cursors.endByForce(begin.cursor, { status: 'stopped' }, nowMs);
    expect(await forgetWith([user], { yes: true })).toMatchObject({
      isComplete: true,
      result: { openPulls: [] },
    });
    expect(JSON.stringify([...(await keysInLedger())])).not.toContain(user);
  });
});
