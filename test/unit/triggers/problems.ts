import { expect } from 'vitest';
import { askMave } from '../../../functions/triggers/actions.ts';
import { defineTriggers, InvalidTriggersError } from '../../../functions/triggers/defineTriggers.ts';
import type { StartedTrigger } from '../../../functions/triggers/trigger.ts';

/** A trigger that can be used. */
export const valid = {
  name: 'plan-upgraded',
  when: 'type = "track" and event = "plan_upgraded"',
  run: askMave(() => ({ message: 'Why?' })),
} as const;

/** The problems that these triggers are refused with; none when they can be used. */
export function problemsOf(triggers: unknown): readonly string[] {
  try {
    defineTriggers(triggers as readonly StartedTrigger[]);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidTriggersError);
    return (error as InvalidTriggersError).problems;
  }
  return [];
}

/** The problems of the valid trigger with these changes, without the words that name it. */
export function problemsWith(changes: Readonly<Record<string, unknown>>): readonly string[] {
  return problemsOf([{ ...valid, ...changes }]).map((problem) => {
    expect(problem).toMatch(/^trigger "plan-upgraded": /);
    return problem.replace('trigger "plan-upgraded": ', '');
  });
}
