import type { Budgets } from '../../ledger/budgets.ts';
import type { Cooldowns } from '../../ledger/cooldowns.ts';
import type { Pace } from '../../ledger/pace.ts';
import type { OverallBudget } from './applyingBudgets.ts';
import { BudgetGate } from './budgetGate.ts';
import type { Gate } from './gate.ts';
import { breakerGate, concurrencyGate, creditsGate } from './maveraGates.ts';
import { PaceGate } from './paceGate.ts';
import { CooldownGate, pauseGate, sampleGate, staleGate } from './triggerGates.ts';

/** The gates of a run, in the order in which they are asked. */
export interface RunGates {
  /** At every delivery. */
  readonly always: readonly Gate[];
  /** Before a run has begun anything: a skip costs nothing here. */
  readonly before: readonly Gate[];
  /** Before each call that does work. The gates that reserve something come last. */
  readonly call: readonly Gate[];
  /** Before each poll of work that Mavera has not finished. */
  readonly poll: readonly Gate[];
  /** Before the search for a lost answer. Each of its reads takes its own slot. */
  readonly search: readonly Gate[];
}

/** What the gates need. */
export interface GateOptions {
  readonly cooldowns: Cooldowns;
  readonly budgets: Budgets;
  readonly pace: Pace;
  readonly requestsPerMinute: number;
  readonly overallBudget?: OverallBudget | undefined;
  readonly random: () => number;
}

/** Lists the gates. The sample comes before the cooldown, so that a run that is sampled out starts no cooldown. */
export function runGates(options: GateOptions): RunGates {
  const { random } = options;
  const breaker = breakerGate(random);
  const pace = new PaceGate(options.pace, options.requestsPerMinute, random);
  return {
    always: [pauseGate(random)],
    before: [staleGate, sampleGate],
    call: [
      new CooldownGate(options.cooldowns),
      new BudgetGate(options.budgets, options.overallBudget, random),
      creditsGate(random),
      breaker,
      concurrencyGate(random),
      pace,
    ],
    poll: [breaker, pace],
    search: [breaker],
  };
}
