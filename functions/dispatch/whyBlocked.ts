import type { SharedState } from '../ledger/sharedState.ts';
import { usageLifetimeMs } from '../ledger/usage.ts';
import { applyingBudgets, type OverallBudget, reasonOfSpent } from '../run/gates/budgetGate.ts';
import { affordableCredits, breakerPhase } from '../run/gates/maveraGates.ts';
import { pauseOf } from '../run/gates/triggerGates.ts';
import type { Reason } from '../run/reasons.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { Block, Probe } from './lane.ts';

/** What decides whether the runs of a trigger may go. */
export interface LaneFacts {
  readonly trigger: Trigger;
  readonly shared: Pick<SharedState, 'operator' | 'breaker' | 'usage' | 'committedCredits'>;
  /** The budget of all triggers together, if there is one. */
  readonly overallBudget?: OverallBudget | undefined;
  /** Mavera's API key is not filled in, or could not be read. */
  readonly isApiKeyMissing: boolean;
  /** What the cheapest of the parked runs is expected to cost: the lane is not blocked while this run can be paid. */
  readonly cheapestCredits: number;
  readonly nowMs: number;
}

/** One reason to wait. With a probe, one run at a time may find out whether the reason is over. */
interface Obstacle {
  readonly reason: Reason;
  readonly probe?: Probe;
}

/**
 * Says why a lane waits as a whole; `undefined` if its runs may go. The rules are those of the gates that each run passes
 * before its call. A reason that no run can find out about comes first, otherwise the order is that of the gates.
 */
export function whyBlocked(facts: LaneFacts): Block | undefined {
  const obstacles = [pause(facts), apiKey(facts), budget(facts), credits(facts), breaker(facts)].filter(
    (obstacle) => obstacle !== undefined,
  );
  const first = obstacles.find(({ probe }) => probe === undefined) ?? obstacles[0];
  if (first === undefined) {
    return undefined;
  }
  const probes = obstacles.flatMap(({ probe }) => (probe === undefined ? [] : [probe]));
  return { reason: first.reason, probes: first.probe === undefined ? [] : probes };
}

/**
 * The credits above which the runner skips a run of a trigger with `whenSpent: 'skip'`: what is left of its budgets.
 * `undefined` if it skips none, also while the trigger is paused or the API key is missing: the runner asks for these first.
 */
export function skipsAboveCredits(facts: LaneFacts): number | undefined {
  const { trigger, shared, overallBudget, nowMs } = facts;
  const budgets = applyingBudgets(trigger, overallBudget, shared.operator, nowMs);
  const isStopped = pause(facts) !== undefined || apiKey(facts) !== undefined;
  return trigger.budget?.whenSpent !== 'skip' || budgets.length === 0 || isStopped
    ? undefined
    : Math.min(...budgets.map(({ key, credits: limit }) => limit - (shared.committedCredits.get(key) ?? 0)));
}

function pause({ trigger, shared }: LaneFacts): Obstacle | undefined {
  return pauseOf(trigger.name, shared.operator);
}

function apiKey({ isApiKeyMissing }: LaneFacts): Obstacle | undefined {
  return isApiKeyMissing ? { reason: 'api_key_unavailable', probe: 'api_key' } : undefined;
}

function budget({ trigger, shared, overallBudget, cheapestCredits, nowMs }: LaneFacts): Obstacle | undefined {
  if (cheapestCredits === 0) {
    return undefined;
  }
  const spent = applyingBudgets(trigger, overallBudget, shared.operator, nowMs).find(
    (one) => (shared.committedCredits.get(one.key) ?? 0) + cheapestCredits > one.credits,
  );
  return spent && { reason: reasonOfSpent(spent) };
}

/** As long as the usage is recent, nothing new can be found out. */
function credits({ shared: { usage }, cheapestCredits, nowMs }: LaneFacts): Obstacle | undefined {
  if (usage === undefined || cheapestCredits <= affordableCredits(usage, nowMs)) {
    return undefined;
  }
  const isRecent = nowMs - usage.readAtMs <= usageLifetimeMs;
  return isRecent ? { reason: 'credits_low' } : { reason: 'credits_low', probe: 'usage' };
}

function breaker({ shared, nowMs }: LaneFacts): Obstacle | undefined {
  switch (breakerPhase(shared.breaker, nowMs)) {
    case 'closed':
      return undefined;
    case 'open':
      return { reason: 'breaker_open' };
    case 'probing':
      return { reason: 'breaker_probing' };
    case 'half_open':
      return { reason: 'breaker_open', probe: 'breaker' };
  }
}
