import type { Budgets } from '../../ledger/budgets.ts';
import type { Cooldowns } from '../../ledger/cooldowns.ts';
import type { Pace } from '../../ledger/pace.ts';
import { breakerGate } from './breakerGate.ts';
import { BudgetGate } from './budgetGate.ts';
import type { OverallBudget } from './budgetRules.ts';
import { concurrencyGate } from './concurrencyGate.ts';
import { CooldownGate } from './cooldownGate.ts';
import { creditsGate } from './creditsGate.ts';
import type { Gate } from './gate.ts';
import { PaceGate } from './paceGate.ts';
import { pauseGate } from './pauseGate.ts';
import { sampleGate } from './sampleGate.ts';
import { staleGate } from './staleGate.ts';

/** The gates that a run is asked at, in order. */
export interface RunGates {
  /** Of every delivery. */
  readonly always: readonly Gate[];
  /** Before a run has begun anything: what they skip has cost nothing. */
  readonly before: readonly Gate[];
  /** Before each call that does work. What reserves something comes after what needs no reservation. */
  readonly call: readonly Gate[];
  /** Before each look at work that Mavera has not finished. */
  readonly look: readonly Gate[];
}

/** What the gates work with. */
export interface GateOptions {
  readonly cooldowns: Cooldowns;
  readonly budgets: Budgets;
  readonly pace: Pace;
  readonly requestsPerMinute: number;
  readonly overallBudget?: OverallBudget | undefined;
  readonly random: () => number;
}

/**
 * The gates in their order. The sample is asked before the cooldown, so that a run that is sampled out does not take
 * the place of one that is not.
 */
export function runGates(terms: GateOptions): RunGates {
  const { random } = terms;
  const breaker = breakerGate(random);
  const pace = new PaceGate(terms.pace, terms.requestsPerMinute, random);
  return {
    always: [pauseGate(random)],
    before: [staleGate, sampleGate],
    call: [
      new CooldownGate(terms.cooldowns),
      new BudgetGate(terms.budgets, terms.overallBudget, random),
      creditsGate(random),
      breaker,
      concurrencyGate(random),
      pace,
    ],
    look: [breaker, pace],
  };
}
