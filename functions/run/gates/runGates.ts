import type { Budgets } from '../../ledger/budgets.ts';
import type { Cancellations } from '../../ledger/cancellations.ts';
import type { Cooldowns } from '../../ledger/cooldowns.ts';
import type { SystemsGate } from '../../systems/systemsGate.ts';
import type { OverallBudget } from './budgetGate.ts';
import { BudgetGate } from './budgetGate.ts';
import type { Gate } from './gate.ts';
import { breakerGate, concurrencyGate, creditsGate } from './maveraGates.ts';
import { FirstSlotGate, PaceGate, type PaceGateOptions } from './paceGate.ts';
import {
  accessGate,
  approvalGate,
  CancelledGate,
  CooldownGate,
  decisionGate,
  pauseGate,
  sampleGate,
  staleGate,
} from './triggerGates.ts';

/** The gates of a run, in the order in which they are asked. */
export interface RunGates {
  /** First, before a run has begun anything: it may be decided, or its time over, even if its trigger is paused. */
  readonly first: readonly Gate[];
  /** At every delivery. */
  readonly always: readonly Gate[];
  /** Before a run has begun anything: a skip costs nothing here. */
  readonly before: readonly Gate[];
  /** Before a run of a trigger with `cancelledBy` has begun anything. */
  readonly cancel: readonly Gate[];
  /** At admission, instead of a call: the last one gives the run a slot to come back for, or has it parked. */
  readonly admission: readonly Gate[];
  /** Before each call that does work. The gates that reserve something come last. */
  readonly call: readonly Gate[];
  /** Before each poll of work that Mavera has not finished. */
  readonly poll: readonly Gate[];
  /** Before the search for a lost answer. Each of its reads takes its own slot. */
  readonly search: readonly Gate[];
}

/** What the gates need. */
export interface GateOptions extends PaceGateOptions {
  readonly cancellations: Cancellations;
  readonly cooldowns: Cooldowns;
  readonly budgets: Budgets;
  readonly overallBudget?: OverallBudget | undefined;
  readonly gate: Pick<SystemsGate, 'lacksAccess'>;
}

/** Lists the gates. The sample comes before the cooldown, so that a run that is sampled out starts no cooldown. */
export function runGates(options: GateOptions): RunGates {
  const { random, cooldowns } = options;
  const breaker = breakerGate(random);
  const pace = new PaceGate(options);
  return {
    first: [decisionGate, staleGate],
    always: [pauseGate(random)],
    before: [sampleGate, accessGate(options.gate)],
    cancel: [new CancelledGate(options.cancellations)],
    admission: [
      new CooldownGate(cooldowns, 'until_deadline'),
      approvalGate('admission', random),
      new FirstSlotGate(options),
    ],
    call: [
      new CooldownGate(cooldowns, 'as_configured'),
      approvalGate('call', random),
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
