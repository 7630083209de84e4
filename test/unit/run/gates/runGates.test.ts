import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { Budgets } from '../../../../functions/ledger/budgets.ts';
import { Cancellations } from '../../../../functions/ledger/cancellations.ts';
import { Cooldowns } from '../../../../functions/ledger/cooldowns.ts';
import { LedgerTable } from '../../../../functions/ledger/ledgerTable.ts';
import { Pace } from '../../../../functions/ledger/pace.ts';
import type { Gate } from '../../../../functions/run/gates/gate.ts';
import { runGates } from '../../../../functions/run/gates/runGates.ts';
import { gatedRun } from './gatedRuns.ts';

/** A client whose endpoint is not served: each call of it fails. */
const nobody = new DynamoDBClient({
  region: 'eu-west-1',
  endpoint: 'http://127.0.0.1:9',
  credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  maxAttempts: 1,
});
const { admission, always, before, call, cancel, first, poll } = runGates({
  cancellations: new Cancellations(new LedgerTable(nobody, 'ledger')),
  cooldowns: new Cooldowns(new LedgerTable(nobody, 'ledger')),
  budgets: new Budgets(new LedgerTable(nobody, 'ledger')),
  pace: new Pace(new LedgerTable(nobody, 'ledger')),
  requestsPerMinute: 60,
  gate: { lacksAccess: () => undefined },
  random: () => 0,
});
const namesOf = (gates: readonly Gate[]): readonly string[] => gates.map(({ name }) => name);
const gateOf = (name: string): Gate => {
  const gate = call.find((candidate) => candidate.name === name);
  if (gate === undefined) {
    throw new Error(`There is no gate ${name}`);
  }
  return gate;
};

describe('the gates of a run', () => {
  it('every delivery asks whether operators have paused its trigger', () => {
    expect(namesOf(always)).toEqual(['pause']);
  });

  it("before a run begins, operators' decisions and its age are asked even before a pause, then sample, access and cancellation", () => {
    expect(namesOf(first)).toEqual(['approval', 'stale']);
    expect(namesOf(before)).toEqual(['sample', 'access']);
    expect(namesOf(cancel)).toEqual(['cancel']);
  });

  it('admission keeps the key of the cooldown, asks for approval, and gives out the slot last', () => {
    expect(namesOf(admission)).toEqual(['cooldown', 'approval', 'pace']);
  });

  it('approval is asked before credits are reserved, and the pace gives out the slot last, after all gates that may still stop the run', () => {
    expect(namesOf(call)).toEqual([
      'cooldown',
      'approval',
      'budget',
      'credits',
      'breaker',
      'concurrency',
      'pace',
    ]);
  });

  it('a poll asks only breaker and pace, because it costs no credits', () => {
    expect(namesOf(poll)).toEqual(['breaker', 'pace']);
  });
});

describe('the gates of cooldown and budget', () => {
  const cooldown = { per: 'user', for: '24h' } as const;

  it.each([
    ['has no cooldown', gatedRun({ keys: { cooldown: 'cooldown#1' } })],
    ['has an event without a key of its cooldown', gatedRun({ trigger: { cooldown } })],
    [
      'is redriven by an operator',
      gatedRun({
        trigger: { cooldown },
        keys: { cooldown: 'cooldown#1' },
        message: { redrive: 'ended-1' },
      }),
    ],
  ])('the cooldown gate lets a run pass without asking the ledger when it %s', async (_what, run) => {
    expect(await gateOf('cooldown').decide(run)).toEqual({ kind: 'pass' });
  });

  it.each([
    ['has no budget', gatedRun()],
    [
      'is expected to cost nothing',
      gatedRun({ estimatedCredits: 0, trigger: { budget: { credits: 1, per: 'day' } } }),
    ],
  ])(
    'the budget gate lets a run pass without a reservation or asking the ledger when it %s',
    async (_what, run) => {
      expect(await gateOf('budget').decide(run)).toEqual({ kind: 'pass', creditReservation: undefined });
    },
  );
});
