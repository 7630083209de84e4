import { createPersona, defineTriggers, type Trigger } from '../../../functions/index.ts';

/** Triggers that create a persona for each event; the name of the persona says for which run. */
export function personaTriggers(names: readonly string[]): readonly Trigger[] {
  return defineTriggers(
    names.map((name) => ({
      name,
      when: 'event = "churn_signal"',
      run: createPersona(({ event }) => ({
        name: event.userId ?? 'nobody',
        description: 'A customer who may leave.',
      })),
    })),
  );
}
