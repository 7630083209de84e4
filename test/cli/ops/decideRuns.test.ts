import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Deployment } from '../../../cli/ops/deployment/deployment.ts';
import { type DecideRunsOptions, decideRuns } from '../../../cli/ops/runs/decideRuns.ts';
import type { Verdict } from '../../../functions/ledger/decision.ts';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { approvalLane } from '../../../functions/ledger/parkedIndex.ts';
import { ParkedRuns, type Parking } from '../../../functions/ledger/parkedRuns.ts';
import { parseRunMessage, type RunMessage, writeRunMessage } from '../../../functions/queue/runMessage.ts';
import { drain } from '../../integration/world.ts';
import {
  type Attributes,
  type OpsWorld,
  runIdOf,
  runMessage,
  startOpsWorld,
  type Written,
  writtenOutput,
} from './opsWorld.ts';

const nowMs = Date.now();
let ops: OpsWorld;
let deployment: Deployment;
let parkedRuns: ParkedRuns;

beforeAll(async () => {
  ops = await startOpsWorld();
  parkedRuns = new ParkedRuns(new LedgerTable(ops.deployment.dynamodb, ops.deployment.tableName));
});

afterAll(() => ops.stop());

beforeEach(async () => {
  deployment = await ops.withFreshQueues();
});

/** A run that waits for approval, not parked. @returns its id */
async function asks(name: string, more: Attributes = {}): Promise<string> {
  return await ops.putRun(name, {
    receivedAtMs: nowMs - 60_000,
    updatedAtMs: nowMs - 30_000,
    state: 'waiting',
    reason: 'approval',
    ...more,
  });
}

/** A run that is parked for approval. @returns its id */
async function asksParked(
  name: string,
  more: Attributes = {},
  parking: Partial<Parking> = {},
): Promise<string> {
  const runId = await asks(name, { parkings: 1, ...more });
  const trigger = String(more.trigger ?? 'churn-signal');
  const message = runMessage(name, { trigger, notBeforeMs: nowMs + 600_000 });
  await parkedRuns.park({
    runId,
    lane: approvalLane,
    trigger,
    number: 1,
    orderMs: nowMs - 60_000,
    endsAtMs: nowMs + 3_600_000,
    credits: 300,
    body: writeRunMessage(message),
    expiresAtSeconds: Math.ceil(nowMs / 1000) + 86_400,
    ...parking,
  });
  return runId;
}

interface Told extends Written {
  readonly isDone: boolean;
}

async function decide(
  verdict: Verdict,
  prefixes: readonly string[],
  options: DecideRunsOptions = {},
  isJson = false,
): Promise<Told> {
  const output = writtenOutput(isJson);
  const isDone = await decideRuns(deployment, verdict, prefixes, options, nowMs, output);
  return Object.assign(output, { isDone });
}

async function sentOn(): Promise<readonly RunMessage[]> {
  const messages = await drain(deployment.sqs, deployment.readyQueueUrl ?? '');
  return messages.map(({ Body }) => parseRunMessage(Body ?? ''));
}

async function decisionOf(runId: string): Promise<unknown> {
  const approval = (await ops.world.item(`run#${runId}`))?.approval;
  return approval === undefined ? undefined : JSON.parse(String(approval));
}

describe('runs approve, deny and cancel', () => {
  it.each(['approved', 'denied', 'cancelled'] as const)(
    'write who has decided, send the message to the ready queue at once, and unpark the run: %s',
    async (verdict) => {
      const runId = await asksParked(`one-${verdict}`);
      const told = await decide(verdict, [runId.slice(0, 10)]);
      expect(told.out()).toBe(`1 run was ${verdict} by ann, 0 runs were refused.`);
      expect(told.isDone).toBe(true);
      expect(await decisionOf(runId)).toEqual({ decision: verdict, by: 'ann', atMs: nowMs });
      const [message, ...others] = await sentOn();
      expect(message).toMatchObject({ runId, messageId: `one-${verdict}` });
      expect(message).not.toHaveProperty('notBeforeMs');
      expect(others).toEqual([]);
      expect(await parkedRuns.read(runId)).toBeUndefined();
    },
  );

  it('reserve nothing', async () => {
    const runId = await asksParked('reserves-nothing');
    await decide('approved', [runId]);
    expect(await ops.world.item(`run#${runId}`)).not.toHaveProperty('creditsReserved');
  });

  it('go on after an interruption: the decision is written, and the run is still parked', async () => {
    const runId = await asksParked('interrupted');
    const broken = { ...deployment, readyQueueUrl: `${deployment.readyQueueUrl}-gone` };
    await expect(decideRuns(broken, 'approved', [runId], {}, nowMs, writtenOutput())).rejects.toThrow();
    expect(await parkedRuns.read(runId)).toBeDefined();
    await decide('approved', [runId]);
    expect((await sentOn()).map((message) => message.runId)).toEqual([runId]);
    expect(await parkedRuns.read(runId)).toBeUndefined();
  });

  it('remove what an interruption has left of a run that has ended since', async () => {
    const runId = await asksParked('ended-since', { state: 'done' });
    expect((await decide('approved', [runId])).out()).toContain('It is done already.');
    expect(await parkedRuns.read(runId)).toBeUndefined();
    expect(await sentOn()).toEqual([]);
  });

  it('say why a run cannot be decided about, and change nothing of it', async () => {
    const names = [
      await asks('unasked', { reason: 'budget_spent' }),
      await asks('failed-run', { state: 'failed', reason: 'expired' }),
      await asks('leased', { leaseUntilMs: nowMs + 30_000 }),
      await asks('calling', { state: 'calling', lostCallAtMs: nowMs - 5 }),
      await asks('opener', { reason: 'collecting', collection: 'c-1' }),
      'f'.repeat(40),
    ];
    const told = await decide('approved', names, {}, true);
    expect(told.isDone).toBe(false);
    const whys = new Map(
      told.values.map((value) => [(value as { runId: string }).runId, (value as { why: string }).why]),
    );
    expect(names.map((runId) => whys.get(runId))).toEqual([
      "It does not wait for approval; it is waiting. The trigger's budget is spent; it goes on in the next period, or when the budget is raised.",
      'It is failed already. It was not finished by its deadline.',
      'A runner is working on it: try again in a minute.',
      'It has begun, so it can no longer be approved: Mavera works on its request, or may have done the work.',
      'It collects events, so it can only be approved when the collection is closed.',
      'The ledger has no such run.',
    ]);
    expect(await decisionOf(names[0] ?? '')).toBeUndefined();
  });

  it('refuse a run that was parked again, and leave it parked', async () => {
    const runId = await asksParked('again', { parkings: 2 });
    const told = await decide('denied', [runId]);
    expect(told.out()).toBe(
      `0 runs were denied by ann, 1 run was refused.\n${runId.slice(0, 8)}: It was parked again in the meantime: run the command again.`,
    );
    expect(await parkedRuns.read(runId)).toMatchObject({ number: 1 });
  });

  it('need to know which runs', async () => {
    await expect(decide('approved', [])).rejects.toThrow('Say which runs: by their ids, or by --trigger.');
    await expect(decide('approved', ['abcdef'], { trigger: 'churn-signal' })).rejects.toThrow(
      'Give either run ids or --trigger, not both.',
    );
  });
});

describe('runs approve --trigger', () => {
  it('says how many runs match, and decides about all of them with --yes', async () => {
    const trigger = 'asks-often';
    const ids = await Promise.all(
      Array.from({ length: 120 }, (_none, index) => asksParked(`often-${index}`, { trigger })),
    );
    await asks('often-not-parked', { trigger, reason: 'paused' });
    await expect(decide('approved', [], { trigger })).rejects.toThrow(
      '120 runs of asks-often match: add --yes to have them approved.',
    );
    expect(await sentOn()).toEqual([]);
    const told = await decide('approved', [], { trigger, yes: true });
    expect(told.out()).toBe('120 runs were approved by ann, 0 runs were refused.');
    expect(told.notes()).toBe('100 of 120');
    expect(await parkedRuns.oldest(approvalLane, 1_000)).not.toContainEqual(
      expect.objectContaining({ trigger }),
    );
    expect(await decisionOf(ids[119] ?? '')).toMatchObject({ decision: 'approved' });
  });

  it('does not touch the runs of other triggers', async () => {
    const other = await asksParked('other-trigger', { trigger: 'someone-else' });
    const told = await decide('denied', [], { trigger: 'nobody-asks', yes: true });
    expect(told.notes()).toBe('No run of nobody-asks can be denied: nothing was changed.');
    expect(await decisionOf(other)).toBeUndefined();
  });
});

describe('runs cancel --trigger', () => {
  it('empties the lane of a trigger, and those that wait in a queue end at their next delivery', async () => {
    const trigger = 'mistake';
    const parked = await asksParked('mistake-1', { trigger, reason: 'trigger_paused' }, { lane: trigger });
    const asking = await asksParked('mistake-2', { trigger });
    const queued = await asks('mistake-3', { trigger, reason: 'pace' });
    const done = await asks('mistake-4', { trigger, state: 'done' });
    const told = await decide('cancelled', [], { trigger, yes: true });
    expect(told.out()).toBe(
      '3 runs were cancelled by ann, 0 runs were refused.\n1 run was not parked: the decision counts at the next delivery.',
    );
    expect((await sentOn()).map(({ runId }) => runId).sort()).toEqual([parked, asking].sort());
    expect(await decisionOf(queued)).toMatchObject({ decision: 'cancelled' });
    expect(await decisionOf(done)).toBeUndefined();
    expect(await parkedRuns.read(parked)).toBeUndefined();
  });

  it('uses the run queue of a release without a ready queue', async () => {
    const runId = await asksParked('older-release');
    const older = { ...deployment, readyQueueUrl: undefined };
    await decideRuns(older, 'cancelled', [runId], {}, nowMs, writtenOutput());
    const messages = await drain(deployment.sqs, deployment.runQueueUrl);
    expect(messages.map(({ Body }) => parseRunMessage(Body ?? '').runId)).toEqual([runIdOf('older-release')]);
  });
});
