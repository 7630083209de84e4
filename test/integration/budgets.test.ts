import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CreditReservation } from '../../functions/ledger/budgets.ts';
import { type BudgetLimit, Budgets } from '../../functions/ledger/budgets.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import type { RunSoFar } from '../../functions/ledger/runItem.ts';
import type { RunLease } from '../../functions/ledger/runLease.ts';
import { Runs } from '../../functions/ledger/runs.ts';
import { newRun } from './runnerWorld.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');

let world: World;
let table: string;
let runs: Runs;
let budgets: Budgets;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  await freshLedger();
});

async function freshLedger(): Promise<void> {
  table = await world.newTable();
  runs = new Runs(new LedgerTable(world.clients.dynamodb, table));
  budgets = new Budgets(new LedgerTable(world.clients.dynamodb, table));
}

function budget(name: string, credits: number): BudgetLimit {
  return { key: `budget#${name}#2026-11`, credits, expiresAtSeconds: nowMs / 1000 + 1_000 };
}

/** Takes a run, or takes it over from an owner who has died. */
async function take(runId: string, atMs: number): Promise<{ lease: RunLease; soFar: RunSoFar } | undefined> {
  const lease = { runId, owner: randomUUID() };
  const options = { nowMs: atMs, leaseUntilMs: atMs + 1_000, expiresAtSeconds: nowMs / 1000 + 100_000 };
  const taken = await runs.take(lease, newRun('t', nowMs, { runId }), options);
  return taken.kind === 'taken' ? { lease, soFar: taken } : undefined;
}

async function newLease(): Promise<RunLease> {
  const taken = await take(randomBytes(20).toString('hex'), nowMs);
  if (taken === undefined) {
    throw new Error('A new run cannot be taken');
  }
  return taken.lease;
}

const spending = (name: string): Promise<Record<string, unknown> | undefined> =>
  world.item(`budget#${name}#2026-11`, table);

describe('a budget', () => {
  it('a budget takes reservations up to its credits, and a refusal says which budget is spent', async () => {
    const options = [budget('persona', 600), budget('*', 10_000)];
    expect(await budgets.reserve(await newLease(), 300, options)).toMatchObject({ kind: 'reserved' });
    expect(await budgets.reserve(await newLease(), 300, options)).toMatchObject({ kind: 'reserved' });
    const spent = { kind: 'spent', key: 'budget#persona#2026-11' };
    expect(await budgets.reserve(await newLease(), 1, options)).toEqual(spent);
    expect(await spending('persona')).toMatchObject({ committedCredits: 600 });
    expect(await spending('*')).toMatchObject({ committedCredits: 600 });
  });

  it('a reservation takes nothing from any budget when one of them is spent', async () => {
    const options = [budget('persona', 600), budget('*', 100)];
    expect(await budgets.reserve(await newLease(), 300, options)).toMatchObject({ key: 'budget#*#2026-11' });
    expect(await spending('persona')).toBeUndefined();
  });

  it('reserved credits that a run does not need are given back', async () => {
    const lease = await newLease();
    const options = [budget('persona', 300)];
    const outcome = await budgets.reserve(lease, 300, options);
    expect(outcome.kind === 'reserved' && (await budgets.settle(lease, outcome.creditReservation, 0))).toBe(
      true,
    );
    expect(outcome.kind === 'reserved' && (await budgets.settle(lease, outcome.creditReservation, 0))).toBe(
      false,
    );
    expect(await spending('persona')).toMatchObject({ committedCredits: 0 });
    expect(await budgets.reserve(lease, 300, options)).toMatchObject({ kind: 'reserved' });
  });

  it('a reservation is settled with what was spent, together with the end of the run', async () => {
    const lease = await newLease();
    const outcome = await budgets.reserve(lease, 50, [budget('ask', 100)]);
    const creditReservation =
      outcome.kind === 'reserved' ? outcome.creditReservation : { credits: 0, budgets: [] };
    const end = {
      nowMs,
      history: [],
      answerLost: false,
      settlement: { creditReservation, creditsSpent: 23 },
    };
    expect(await runs.finish({ ...lease, owner: 'another' }, { state: 'done' }, end)).toBe(false);
    expect(await spending('ask')).toMatchObject({ committedCredits: 50 });
    expect(await runs.finish(lease, { state: 'done', creditsUsed: 23 }, end)).toBe(true);
    expect(await spending('ask')).toMatchObject({ committedCredits: 23, spentCredits: 23 });
    expect(await world.item(`run#${lease.runId}`, table)).not.toHaveProperty('creditsReserved');
  });

  it('nothing is reserved for a run that another delivery has, or that has reserved before', async () => {
    const lease = await newLease();
    const options = [budget('persona', 1_000)];
    expect(await budgets.reserve({ ...lease, owner: 'another' }, 300, options)).toEqual({ kind: 'lost' });
    await budgets.reserve(lease, 300, options);
    expect(await budgets.reserve(lease, 300, options)).toEqual({ kind: 'lost' });
    expect(await spending('persona')).toMatchObject({ committedCredits: 300 });
  });
});

const steps = fc.record({
  run: fc.integer({ min: 0, max: 5 }),
  used: fc.integer({ min: 0, max: 100 }),
  dies: fc.constantFrom('never', 'never', 'after taking', 'after reserving'),
  ends: fc.constantFrom('done', 'failed', 'released'),
  endsTwice: fc.boolean(),
});
type Step = typeof steps extends fc.Arbitrary<infer Value> ? Value : never;

/** What environments do with six runs; where one dies, another one takes the run over. */
const stories = fc.record({
  limit: fc.integer({ min: 100, max: 900 }),
  environments: fc.array(fc.array(steps, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 6 }),
});

/** Six runs that environments work on side by side. */
class Story {
  readonly #runIds = Array.from({ length: 6 }, () => randomBytes(20).toString('hex'));
  readonly #budgets: readonly BudgetLimit[];
  readonly #ended = new Set<string>();
  #atMs = nowMs;
  used = 0;

  constructor(limit: number) {
    this.#budgets = [budget('t', limit), budget('*', limit + 50)];
  }

  async work(environment: readonly Step[]): Promise<void> {
    for (const step of environment) {
      // Later than any lease, so that a dead owner's run is taken over.
      this.#atMs += 2_000;
      const taken = await take(this.#runIds[step.run] ?? '', this.#atMs);
      if (taken !== undefined && step.dies !== 'after taking') {
        await this.#spend(taken.lease, taken.soFar, step);
      }
    }
  }

  /** Of all six runs. */
  async reserved(): Promise<number> {
    const items = await Promise.all(this.#runIds.map((runId) => world.item(`run#${runId}`, table)));
    return items.reduce((sum, item) => sum + Number(item?.creditsReserved ?? 0), 0);
  }

  async #spend(lease: RunLease, { creditReservation: before }: RunSoFar, step: Step): Promise<void> {
    const outcome =
      before === undefined
        ? await budgets.reserve(lease, 100, this.#budgets)
        : ({ kind: 'reserved', creditReservation: before } as const);
    if (outcome.kind !== 'reserved' || step.dies === 'after reserving') {
      return;
    }
    await this.#end(lease, outcome.creditReservation, step);
    if (step.endsTwice) {
      await this.#end(lease, outcome.creditReservation, step);
    }
  }

  async #end(lease: RunLease, creditReservation: CreditReservation, { ends, used }: Step): Promise<void> {
    if (ends === 'released') {
      await budgets.settle(lease, creditReservation, 0);
      return;
    }
    const creditsSpent = ends === 'done' ? used : 0;
    const settlement = { creditReservation, creditsSpent };
    const options = { nowMs: this.#atMs, history: [], answerLost: false, settlement };
    if ((await runs.finish(lease, { state: ends }, options)) && !this.#ended.has(lease.runId)) {
      this.#ended.add(lease.runId);
      this.used += creditsSpent;
    }
  }
}

/** The most that was committed in a budget whenever it was looked at, until the work is done. */
async function mostCommitted(name: string, work: Promise<unknown>): Promise<number> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  let most = 0;
  while (!isDone) {
    most = Math.max(most, Number((await spending(name))?.committedCredits ?? 0));
  }
  await done;
  return most;
}

describe('a budget under environments that work side by side and die at any step', () => {
  it('a budget is never exceeded, and ends as what runs have reserved and spent', async () => {
    await fc.assert(
      fc.asyncProperty(stories, async ({ limit, environments }) => {
        await freshLedger();
        const story = new Story(limit);
        const work = Promise.all(environments.map((environment) => story.work(environment)));
        const most = await Promise.all([mostCommitted('t', work), mostCommitted('*', work)]);
        expect(Math.max(...most)).toBeLessThanOrEqual(limit);
        const committed = (await story.reserved()) + story.used;
        for (const name of ['t', '*']) {
          const { committedCredits = 0, spentCredits = 0 } = (await spending(name)) ?? {};
          expect([committedCredits, spentCredits]).toEqual([committed, story.used]);
        }
      }),
      { numRuns: 60 },
    );
  });
});
