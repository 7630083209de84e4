import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DecideOptions, type DecideOutcome, Decisions } from '../../functions/ledger/decisions.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import type { RunSoFar } from '../../functions/ledger/runItem.ts';
import { Runs, type RunWait } from '../../functions/ledger/runs.ts';
import type { RunMessage } from '../../functions/queue/runMessage.ts';
import { runMessage } from '../unit/runMessages.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const operator = 'arn:aws:iam::123456789012:user/ann';

let world: World;
let runs: Runs;
let decisions: Decisions;
let message: RunMessage;

beforeAll(async () => {
  world = await startWorld();
  const table = new LedgerTable(world.clients.dynamodb, world.table);
  runs = new Runs(table);
  decisions = new Decisions(table);
});

afterAll(() => world.stop());

beforeEach(() => {
  message = runMessage({ runId: randomBytes(20).toString('hex') });
});

const lease = (owner = 'a'): { readonly runId: string; readonly owner: string } => ({
  runId: message.runId,
  owner,
});

async function take(atMs: number, owner = 'a'): Promise<RunSoFar> {
  const terms = { nowMs: atMs, leaseUntilMs: atMs + 30_000, expiresAtSeconds: atMs / 1000 + 1_000 };
  const taken = await runs.take(lease(owner), message, terms);
  if (taken.kind !== 'taken') {
    throw new Error(`The run is ${taken.kind}`);
  }
  return taken;
}

/** The run waits, at first for approval, parked for the first time. */
async function waits(more: Partial<RunWait> = {}): Promise<void> {
  const { history } = await take(nowMs);
  const wait = {
    nowMs,
    notBeforeMs: nowMs + 900_000,
    reason: 'approval',
    parkings: 1,
    detailsKept: 0,
  } as const;
  await runs.release(lease(), { ...wait, history: [...history, { atMs: nowMs, what: 'waits' }], ...more });
}

async function decide(
  decision: DecideOptions['decision'],
  more: Partial<DecideOptions> = {},
): Promise<DecideOutcome> {
  const options = { decision, by: operator, nowMs: nowMs + 60_000, parkings: 1, ...more };
  return await decisions.decide(message.runId, options);
}

describe("an operator's decision", () => {
  it.each(['approved', 'denied', 'cancelled'] as const)(
    'is kept with the run and in its history, with who and when: %s',
    async (decision) => {
      await waits();
      expect(await decide(decision)).toEqual({ kind: 'decided' });
      const soFar = await take(nowMs + 70_000, 'b');
      expect(soFar.approval).toEqual({ decision, by: operator, atMs: nowMs + 60_000 });
      expect(soFar.history.at(-1)).toEqual({ atMs: nowMs + 60_000, what: decision, by: operator });
    },
  );

  it('lets the message that is sent on be worked on at once', async () => {
    await waits();
    await decide('approved');
    expect((await take(nowMs + 70_000, 'b')).notBeforeMs).toBe(0);
  });

  it('stands once in the history, however often it is repeated', async () => {
    await waits();
    await decide('approved');
    expect(await decide('approved', { nowMs: nowMs + 65_000 })).toEqual({ kind: 'decided' });
    const { history } = await take(nowMs + 70_000, 'b');
    expect(history.filter(({ what }) => what === 'approved')).toHaveLength(1);
  });

  it('can be changed until the run is taken', async () => {
    await waits();
    await decide('approved');
    await decide('denied');
    expect((await take(nowMs + 70_000, 'b')).approval?.decision).toBe('denied');
  });

  it('is removed when the run is redriven, and a person is asked again', async () => {
    await waits();
    await decide('denied');
    await take(nowMs + 70_000, 'b');
    await runs.finish(
      lease('b'),
      { state: 'skipped', reason: 'denied' },
      { nowMs: nowMs + 71_000, history: [], answerLost: false },
    );
    await runs.redrive(message.runId, `ended-${nowMs + 71_000}`, nowMs + 80_000, nowMs + 900_000);
    expect((await take(nowMs + 90_000, 'c')).approval).toBeUndefined();
  });

  it('of a redriven run names the redrive that it is for', async () => {
    await take(nowMs);
    await runs.finish(lease(), { state: 'failed' }, { nowMs, history: [], answerLost: false });
    await runs.redrive(message.runId, `ended-${nowMs}`, nowMs, nowMs + 900_000);
    await waits();
    await decide('approved');
    expect((await take(nowMs + 70_000, 'b')).approval?.redrive).toBe(`ended-${nowMs}`);
  });
});

describe("an operator's decision is refused", () => {
  it('when there is no such run', async () => {
    expect(await decide('approved')).toEqual({ kind: 'unknown' });
  });

  it('when the run was parked again since the operator looked', async () => {
    await waits({ parkings: 2 });
    expect(await decide('approved')).toEqual({ kind: 'parked_again', state: 'waiting', reason: 'approval' });
  });

  it('when the run does not wait for approval, unless it is to be cancelled', async () => {
    await waits({ reason: 'budget_spent' });
    const refused = { kind: 'not_asking', state: 'waiting', reason: 'budget_spent' };
    expect(await decide('approved')).toEqual(refused);
    expect(await decide('denied')).toEqual(refused);
    expect(await decide('cancelled')).toEqual({ kind: 'decided' });
  });

  it('when a delivery works on the run', async () => {
    await waits();
    await take(nowMs + 59_000, 'b');
    expect(await decide('cancelled')).toMatchObject({ kind: 'busy' });
  });

  it('when Mavera has its request', async () => {
    await take(nowMs);
    await runs.markCalling(lease(), { attempts: 1, nowMs, history: [] });
    expect(await decide('cancelled')).toMatchObject({ kind: 'begun', state: 'calling' });
    await waits({ pendingId: 'fg-1', call: { attempts: 1, answerLost: false } });
    expect(await decide('cancelled')).toMatchObject({ kind: 'begun', state: 'waiting' });
  });

  it('when the run is over', async () => {
    await take(nowMs);
    const end = { state: 'skipped', reason: 'stale' } as const;
    await runs.finish(lease(), end, { nowMs, history: [], answerLost: false });
    expect(await decide('denied')).toEqual({ kind: 'ended', state: 'skipped', reason: 'stale' });
  });

  it('when the run is taken at the same moment, in one of the two orders', async () => {
    await waits();
    const [outcome, soFar] = await Promise.all([decide('denied'), take(nowMs + 60_000, 'b')]);
    expect(soFar.approval?.decision).toBe(outcome.kind === 'decided' ? 'denied' : undefined);
  });
});
