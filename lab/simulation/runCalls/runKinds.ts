import { askMave, createPersona, defineTriggers, type Trigger } from '../../../functions/index.ts';
import type { LedgerUnits } from '../../../simulators/aws/dynamodb/units.ts';

/** A run whose calls of the ledger are counted. */
export interface RunKind {
  readonly description: string;
  readonly trigger: Trigger;
  /** How many events it is made for. */
  readonly events: number;
  /** Its trigger is paused when it arrives, and resumed a minute later. */
  readonly isParked: boolean;
  /** What it was billed as on 2026-11-29, to compare. */
  readonly before: LedgerUnits;
}

const base = { when: 'event = "churn_signal"' };
const persona = createPersona(({ event }) => ({
  name: event.userId ?? 'nobody',
  description: 'A customer who may leave.',
}));
const question = askMave(({ event }) => ({ message: `Why may ${event.userId ?? 'nobody'} leave?` }));
const cooldown = { for: '1h', per: 'user' } as const;
const budget = { credits: 100_000, per: 'month' } as const;

const triggers = defineTriggers([
  { ...base, name: 'bare', run: persona },
  { ...base, name: 'question', run: question },
  { ...base, name: 'guarded', run: question, cooldown, budget },
  { ...base, name: 'cooling', run: question, cooldown: { ...cooldown, per: () => 'all' } },
  { ...base, name: 'collected', run: persona, collect: { count: 2, within: '2m' } },
  { ...base, name: 'parked', run: persona },
]);

const billed = (calls: number, writes: number, indexWrites: number, reads: number): LedgerUnits => ({
  calls,
  writes,
  indexWrites,
  reads,
});
const single = { events: 1, isParked: false };
const kinds: Readonly<Record<string, Omit<RunKind, 'trigger'>>> = {
  bare: { ...single, description: 'creates a persona', before: billed(10, 9, 5, 14) },
  question: {
    ...single,
    description: 'asks Mave, which has a concurrency cap',
    before: billed(12, 12, 5, 14),
  },
  guarded: {
    ...single,
    description: 'asks Mave, with a cooldown and a budget',
    before: billed(15, 22, 6, 14),
  },
  cooling: { ...single, description: 'is skipped by its cooldown', before: billed(6, 6, 2, 6) },
  collected: {
    ...single,
    events: 2,
    description: 'creates a persona for two collected events',
    before: billed(24, 37, 9, 33),
  },
  parked: {
    ...single,
    isParked: true,
    description: 'creates a persona, and is parked first',
    before: billed(11, 11, 6, 14),
  },
};

/** Runs of all sorts, each of a trigger of its own. */
export const runKinds: readonly RunKind[] = triggers.flatMap((trigger) => {
  const kind = kinds[trigger.name];
  return kind === undefined ? [] : [{ ...kind, trigger }];
});
