import { problemsOfGrants } from '../../functions/access/accessMatrix.ts';
import type { Grants } from '../../functions/access/grants.ts';
import { worstCaseCredits } from '../../functions/mavera/actions/worstCaseCredits.ts';
import type { Budget, Trigger } from '../../functions/triggers/trigger.ts';
import { problemsOfRoutes } from './acceptedRoutes.ts';
import { problemsOfOrigins } from './problemsOfOrigins.ts';
import { problemsOfPulls } from './problemsOfPulls.ts';
import type { Settings } from './settings.ts';
import { SettingsError } from './settingsError.ts';

/** The longest month. */
const daysPerMonth = 31;

type Period = Budget['per'];

interface Limit {
  readonly credits: number;
  readonly per: Period;
}

/**
 * Stops a deployment whose triggers could never run, or could spend more credits than the settings allow.
 *
 * @param grants of the access file; `undefined` without one
 * @throws SettingsError with a sentence for each trigger and each contradiction
 */
export function checkTriggers(
  triggers: readonly Trigger[],
  settings: Settings,
  grants?: Grants | undefined,
): void {
  const overall = overallLimit(settings);
  const problems = [
    ...triggers.flatMap((trigger) => [
      ...problemsOfWorstCase(trigger, overall),
      ...problemsOfRoutes(trigger, settings.routes),
    ]),
    ...(settings.overcommitBudgets || overall === undefined ? [] : problemsOfSum(triggers, overall)),
    ...problemsOfOrigins(triggers, settings),
    ...problemsOfPulls(triggers, settings.triggersFile),
    ...problemsOfGrants(triggers, grants),
  ];
  if (problems.length > 0) {
    throw new SettingsError(problems.join('\n'));
  }
}

function overallLimit({ budgetCredits, budgetPeriod }: Settings): Limit | undefined {
  return budgetCredits === 0 ? undefined : { credits: budgetCredits, per: budgetPeriod };
}

/** A run that may cost more than a whole budget would wait forever, or exceed the budget. */
function problemsOfWorstCase({ name, run, budget }: Trigger, overall: Limit | undefined): readonly string[] {
  const worstCredits = worstCaseCredits(run);
  const mayCost = `trigger "${name}": one run (${run.kind}) may cost ${worstCredits} credits`;
  const problems: string[] = [];
  if (budget !== undefined && worstCredits > budget.credits) {
    problems.push(`${mayCost}, more than its budget of ${budget.credits} a ${budget.per}: raise the budget.`);
  }
  if (overall !== undefined && worstCredits > overall.credits) {
    problems.push(
      `${mayCost}, more than budgetCredits, ${overall.credits} a ${overall.per}: raise budgetCredits.`,
    );
  }
  return problems;
}

function problemsOfSum(triggers: readonly Trigger[], overall: Limit): readonly string[] {
  const shares = triggers.flatMap(({ name, budget }) =>
    budget === undefined ? [] : [{ name, credits: worstIn(overall.per, budget) }],
  );
  const total = shares.reduce((sum, { credits }) => sum + credits, 0);
  if (total <= overall.credits) {
    return [];
  }
  const each = shares.map(({ name, credits }) => `${name} ${credits}`).join(', ');
  return [
    `The triggers' budgets add up to ${total} credits a ${overall.per} (${each}), more than budgetCredits, ` +
      `${overall.credits}: lower them, raise budgetCredits, or give overcommitBudgets=true if they may share it, first ` +
      'come, first served.',
  ];
}

/** The most that a budget allows in the longest period of this kind. */
function worstIn(period: Period, { credits, per }: Limit): number {
  return period === 'month' && per === 'day' ? credits * daysPerMonth : credits;
}
