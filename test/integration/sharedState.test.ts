import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Breaker } from '../../functions/ledger/breaker.ts';
import { Caps } from '../../functions/ledger/caps.ts';
import { DispatcherState } from '../../functions/ledger/dispatcherState.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { OperatorDesk } from '../../functions/ledger/operatorDesk.ts';
import { Pace } from '../../functions/ledger/pace.ts';
import {
  noDispatcher,
  readBreaker,
  readSharedState,
  type SharedState,
} from '../../functions/ledger/sharedState.ts';
import { Usage } from '../../functions/ledger/usage.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const account = { creditsRemaining: 10, creditsIncluded: 500, autoRecharge: true, requestsPerMinute: 60 };
const closed = { failures: 0, openUntilMs: 0, opens: 0, reason: '', probe: '', probeUntilMs: 0 };

let world: World;
let table: string;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  table = await world.newTable();
});

function shared(runId = 'mine'): Promise<SharedState> {
  return readSharedState(new LedgerTable(world.clients.dynamodb, table), {
    action: 'runFocusGroup',
    runId,
    budgetKeys: ['budget#a#2026-11'],
    nowMs,
  });
}

/** Writes items of so many characters each, 20 a call. */
async function writeItems(keys: readonly string[], characters: number): Promise<void> {
  for (let from = 0; from < keys.length; from += 20) {
    const requests = keys.slice(from, from + 20).map((pk) => ({
      PutRequest: { Item: { pk: { S: pk }, filler: { S: 'x'.repeat(characters) } } },
    }));
    await world.clients.dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
  }
}

/** The requests that the ledger gets while the work is done. */
async function requestsDuring(work: () => Promise<unknown>): Promise<readonly string[]> {
  const requests: string[] = [];
  const { middlewareStack } = world.clients.dynamodb;
  middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        requests.push(commandName);
        return next(args);
      },
    { step: 'initialize', name: 'noteRequests' },
  );
  try {
    await work();
  } finally {
    middlewareStack.remove('noteRequests');
  }
  return requests;
}

describe('the shared state of all runs', () => {
  it('the shared state of a new ledger holds no run back', async () => {
    expect(await shared()).toEqual({
      operator: { pausedSinceMs: new Map(), budgetCredits: new Map() },
      breaker: closed,
      usage: undefined,
      paceHeldUntilMs: 0,
      nextSlotAtMs: 0,
      dispatcher: noDispatcher,
      callsUnderWay: 0,
      committedCredits: new Map([['budget#a#2026-11', 0]]),
    });
  });

  it('the shared state has what operators, breaker, account, pace, dispatcher and calls under way have left', async () => {
    const { dynamodb } = world.clients;
    const desk = new OperatorDesk(new LedgerTable(dynamodb, table));
    await desk.pause('plan-upgraded', nowMs - 5_000);
    await desk.setBudget('*', 250);
    await new Breaker(new LedgerTable(dynamodb, table)).open('mavera_500', readBreaker(), nowMs, undefined);
    await new Usage(new LedgerTable(dynamodb, table)).write(account, nowMs - 1_000);
    await new Pace(new LedgerTable(dynamodb, table)).holdUntil(nowMs + 12_000);
    const dispatcher = new DispatcherState(new LedgerTable(dynamodb, table));
    await dispatcher.take('dispatcher-1', nowMs - 15_000, nowMs + 5_000);
    await dispatcher.finish('dispatcher-1', {
      nowMs: nowMs - 15_000,
      waiting: ['plan-upgraded'],
      slotsWantedUntilMs: nowMs + 75_000,
    });
    await new Caps(new LedgerTable(dynamodb, table)).acquire('runFocusGroup', {
      runId: 'other',
      limit: 5,
      nowMs,
      leaseUntilMs: nowMs + 60_000,
    });
    expect(await shared()).toEqual({
      operator: {
        pausedSinceMs: new Map([['plan-upgraded', nowMs - 5_000]]),
        budgetCredits: new Map([['*', 250]]),
      },
      breaker: { ...closed, openUntilMs: nowMs + 30_000, opens: 1, reason: 'mavera_500' },
      usage: { ...account, readAtMs: nowMs - 1_000 },
      paceHeldUntilMs: nowMs + 12_000,
      nextSlotAtMs: nowMs + 12_000,
      dispatcher: {
        aliveAtMs: nowMs - 15_000,
        waiting: new Set(['plan-upgraded']),
        slotsWantedUntilMs: nowMs + 75_000,
        parkingOffUntilMs: 0,
      },
      callsUnderWay: 1,
      committedCredits: new Map([['budget#a#2026-11', 0]]),
    });
  });

  it('a run counts the calls of its kind without its own and those whose lease has ended', async () => {
    const caps = new Caps(new LedgerTable(world.clients.dynamodb, table));
    const options = { limit: 5, nowMs: nowMs - 60_000, leaseUntilMs: nowMs + 1 };
    await caps.acquire('runFocusGroup', { ...options, runId: 'mine' });
    await caps.acquire('runFocusGroup', { ...options, runId: 'a' });
    await caps.acquire('runFocusGroup', { ...options, runId: 'b' });
    await caps.acquire('runFocusGroup', { ...options, runId: 'dead', leaseUntilMs: nowMs });
    await caps.acquire('askMave', { ...options, runId: 'c' });
    expect(await shared()).toMatchObject({ callsUnderWay: 2 });
    expect(await shared('another')).toMatchObject({ callsUnderWay: 3 });
  });

  it('the shared state is read in one call', async () => {
    expect(await requestsDuring(() => shared())).toEqual(['BatchGetItemCommand']);
  });
});

describe('items that are read together', () => {
  it('all items are found when they are more than one read takes, without those that do not exist', async () => {
    const keys = Array.from({ length: 250 }, (_none, index) => `item#${index}`);
    const written = keys.filter((_key, index) => index % 3 !== 0);
    await writeItems(written, 10);
    const items = await new LedgerTable(world.clients.dynamodb, table).read(keys);
    expect([...items.keys()].sort()).toEqual([...written].sort());
  });

  it('all items are found when they are larger than one answer', async () => {
    const keys = Array.from({ length: 60 }, (_none, index) => `item#${index}`);
    await writeItems(keys, 350_000);
    let found: readonly number[] = [];
    const requests = await requestsDuring(async () => {
      const items = await new LedgerTable(world.clients.dynamodb, table).read(keys);
      found = keys.map((key) => items.get(key)?.filler?.S?.length ?? 0);
    });
    expect(found).toEqual(keys.map(() => 350_000));
    expect(requests.length).toBeGreaterThan(1);
  });
});
