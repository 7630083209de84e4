import type { Grants } from '../functions/access/grants.ts';
import { actionKinds } from '../functions/triggers/actions.ts';
import { closestName } from '../functions/triggers/closestName.ts';
import type { Trigger } from '../functions/triggers/trigger.ts';
import type { Answers } from './wire/answer.ts';
import type { GivenLookups } from './wire/lookups.ts';

/**
 * What surrounds the triggers in a trial.
 *
 * @typeParam Name the names of the triggers
 */
export interface TrialOptions<Name extends string = string> {
  /** When it begins, as a Date or ISO 8601. @default 2026-01-05T09:00:00Z, a Monday */
  readonly startAt?: Date | string;
  /** The default export of `access.ts`. @default triggers have the access that they declare */
  readonly access?: Grants;
  /**
   * What lookups give, by trigger and by the name of the lookup: a value, `undefined` for what the system does not know, or a
   * function of the event.
   * @example lookups: { 'vip-left': { profile: { traits: { ltv: 1200 } } } }
   */
  readonly lookups?: { readonly [Trigger in Name]?: Readonly<Record<string, unknown>> };
  /**
   * What Mavera answers, by trigger, or by action for all other triggers.
   * @default a simulator answers: the same request always gets the same answer
   * @example answers: { 'churn-signal': 'They leave for the price.', createPersona: [{ status: 500 }] }
   */
  readonly answers?: { readonly [Key in Name | (typeof actionKinds)[number]]?: Answers };
  /** Credits of triggers' budgets, as `ops budget` sets them, in place of those of the triggers file. */
  readonly budgets?: { readonly [Trigger in Name]?: number };
  /** The budget of all triggers together, as the setting `budget` has it. @default none */
  readonly overallBudget?: { readonly credits: number; readonly per: 'day' | 'month' };
  /** Credits of the Mavera account in each month. @default 1,000,000 */
  readonly credits?: number;
  /** The rate limit of the account. @default none that a test notices: a run never waits for its turn */
  readonly requestsPerMinute?: number;
  /** The Segment space of lookups that name none. @default spa_trial */
  readonly profileSpace?: string;
}

/** Options with their defaults. */
export interface CheckedOptions {
  readonly startMs: number;
  readonly access: Grants | undefined;
  readonly lookups: GivenLookups;
  readonly answers: Readonly<Record<string, Answers>>;
  readonly budgets: Readonly<Record<string, number>>;
  readonly overallBudget: TrialOptions['overallBudget'] | undefined;
  readonly credits: number;
  readonly requestsPerMinute: number;
  /** Whether the test has chosen the rate limit. */
  readonly hasOwnPace: boolean;
  readonly profileSpace: string;
}

/** Thrown for options that a trial cannot work with, and for names that do not exist. */
export class InvalidTrialError extends Error {
  override readonly name = 'InvalidTrialError';
}

const optionNames = [
  'startAt',
  'access',
  'lookups',
  'answers',
  'budgets',
  'overallBudget',
  'credits',
  'requestsPerMinute',
  'profileSpace',
] as const satisfies readonly (keyof TrialOptions)[];

const defaultStart = '2026-01-05T09:00:00.000Z';

/** @throws InvalidTrialError for an option, a trigger or a lookup that does not exist */
export function checkOptions(triggers: readonly Trigger[], options: TrialOptions): CheckedOptions {
  for (const option of Object.keys(options)) {
    checkName('option', option, optionNames);
  }
  const names = triggers.map(({ name }) => name);
  const { lookups = {}, answers = {}, budgets = {}, startAt = defaultStart } = options;
  for (const name of Object.keys(budgets)) {
    checkName('trigger', name, names);
  }
  for (const name of Object.keys(answers)) {
    checkName('trigger or action', name, [...names, ...actionKinds]);
  }
  for (const [name, given] of Object.entries(lookups)) {
    checkName('trigger', name, names);
    const known = Object.keys(triggers.find((trigger) => trigger.name === name)?.with ?? {});
    for (const lookup of Object.keys(given ?? {})) {
      checkName(`lookup of "${name}"`, lookup, known);
    }
  }
  const startMs = new Date(startAt).getTime();
  if (Number.isNaN(startMs)) {
    throw new InvalidTrialError(
      `startAt: expected a Date or ISO 8601, such as ${defaultStart}; got ${startAt}`,
    );
  }
  return {
    startMs,
    access: options.access,
    lookups: lookups as GivenLookups,
    answers: answers as Readonly<Record<string, Answers>>,
    budgets: budgets as Readonly<Record<string, number>>,
    overallBudget: options.overallBudget,
    credits: options.credits ?? 1_000_000,
    requestsPerMinute: options.requestsPerMinute ?? 6_000,
    hasOwnPace: options.requestsPerMinute !== undefined,
    profileSpace: options.profileSpace ?? 'spa_trial',
  };
}

/** @throws InvalidTrialError with the name that was probably meant, or all names */
export function checkName(what: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) {
    return;
  }
  const closest = closestName(name, known);
  const list = known.length === 0 ? 'there are none' : `there are ${known.join(', ')}`;
  const hint = closest === undefined ? list : `did you mean ${closest}?`;
  throw new InvalidTrialError(`There is no ${what} ${JSON.stringify(name)}: ${hint}`);
}
