import { describe, expect, it } from 'vitest';
import {
  type AskMaveOptions,
  askMave,
  createPersona,
  respondAs,
  runFocusGroup,
  updatePersona,
} from '../../../functions/triggers/actions.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { checkTriggers } from '../../../infra/settings/checkTriggers.ts';
import { resolveSettings } from '../../../infra/settings/resolveSettings.ts';

const question = (options: AskMaveOptions = {}): Trigger['run'] =>
  askMave(() => ({ message: 'Why?' }), options);

function trigger(changes: Partial<Trigger> = {}): Trigger {
  return { name: 'churn', when: 'type = "track"', run: question(), ...changes };
}

function problems(triggers: readonly Trigger[], given: Record<string, unknown> = {}): string {
  try {
    checkTriggers(triggers, resolveSettings(given));
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the credits that one run may cost', () => {
  it.each([
    ['askMave', question(), 75],
    ['createPersona', createPersona(() => ({ name: 'Persona' })), 300],
    ['updatePersona', updatePersona(() => ({}), { per: 'user' }), 300],
    ['respondAs', respondAs(() => ({ input: 'Hello' }), { personaId: 'p' }), 5],
    ['runFocusGroup', runFocusGroup(() => ({ workspace_id: 'w' })), 200],
    ['askMave', question({ estimatedCredits: 30 }), 30],
  ])('must fit into the budget of its trigger: %s', (kind, run, credits) => {
    const budgetOf = (amount: number): readonly Trigger[] => [
      trigger({ run, budget: { credits: amount, per: 'day' } }),
    ];
    expect(problems(budgetOf(credits))).toBe('');
    expect(problems(budgetOf(credits - 1))).toBe(
      `trigger "churn": one run (${kind}) may cost ${credits} credits, more than its budget of ${credits - 1} a day: raise the budget.`,
    );
  });

  it('must fit into budgetCredits', () => {
    const run = createPersona(() => ({ name: 'Persona' }));
    expect(problems([trigger({ run })], { budgetCredits: 299 })).toBe(
      'trigger "churn": one run (createPersona) may cost 300 credits, more than budgetCredits, 299 a month: raise budgetCredits.',
    );
    expect(problems([trigger({ run })], { maveraTier: 'starter' })).toBe('');
  });

  it('are 0 for the update of a persona that exists', () => {
    const run = updatePersona(() => ({}), { personaId: 'p' });
    expect(problems([trigger({ run, budget: { credits: 1, per: 'day' } })])).toBe('');
  });
});

describe("the triggers' budgets together", () => {
  const triggers = [
    trigger({ name: 'daily', budget: { credits: 100, per: 'day' } }),
    trigger({ name: 'monthly', budget: { credits: 900, per: 'month' } }),
    trigger({ name: 'without' }),
  ];

  it('may not add up to more than budgetCredits, in the longest month', () => {
    expect(problems(triggers, { budgetCredits: 4_000 })).toBe('');
    expect(problems(triggers, { budgetCredits: 3_999 })).toBe(
      "The triggers' budgets add up to 4000 credits a month (daily 3100, monthly 900), more than budgetCredits, 3999: " +
        'lower them, raise budgetCredits, or give overcommitBudgets=true if they may share it, first come, first served.',
    );
  });

  it('may add up to more with overcommitBudgets', () => {
    expect(problems(triggers, { budgetCredits: 1_000, overcommitBudgets: true })).toBe('');
  });

  it('may add up to anything without budgetCredits', () => {
    expect(problems(triggers)).toBe('');
  });

  it('are compared by the day if budgetCredits is for a day', () => {
    expect(problems(triggers, { budgetCredits: 1_000, budgetPeriod: 'day' })).toBe('');
    expect(problems(triggers, { budgetCredits: 999, budgetPeriod: 'day' })).toContain(
      'add up to 1000 credits a day',
    );
  });
});
