import type { Action } from '../../../../../functions/triggers/actions.ts';
import type { Trigger } from '../../../../../functions/triggers/trigger.ts';
import { actionsToTry } from '../mavera/actionsToTry.ts';

const when = 'type = "track"';

function odd(): never {
  throw Object.create(null);
}

/** Every kind of action, and what the functions of a triggers file may return or throw. */
export const oddTriggers: readonly Trigger[] = [
  ...Object.values(actionsToTry).map(
    (run, index): Trigger => ({
      name: `action-${index}`,
      when,
      run,
      toSegment: { track: true, identify: ({ result }) => ({ result }) },
      toSegOps: { track: true, identify: ({ result }) => ({ result }) },
    }),
  ),
  { name: 'builder-throws', when, run: { kind: 'askMave', build: odd } },
  { name: 'builder-returns-nothing', when, run: { kind: 'createPersona', build: () => undefined as never } },
  {
    name: 'builder-changes-the-event',
    when,
    run: {
      kind: 'askMave',
      build: ({ event }) => {
        Object.assign(event.properties, { self: event, amount: 5n });
        return { message: 'a question' };
      },
    },
  },
  { name: 'cooldown-throws', when, run: actionsToTry.askMave as Action, cooldown: { per: odd, for: '1h' } },
  { name: 'cooldown', when, run: actionsToTry.askMave as Action, cooldown: { per: 'user', for: '1h' } },
  { name: 'collect-throws', when, run: actionsToTry.askMave as Action, collect: { per: odd, within: '1h' } },
  {
    name: 'collect',
    when,
    run: actionsToTry.askMave as Action,
    collect: { per: 'user', within: '1h', count: 2 },
  },
  { name: 'budget', when, run: actionsToTry.askMave as Action, budget: { credits: 200, per: 'day' } },
  {
    name: 'report-throws',
    when,
    run: actionsToTry.askMave as Action,
    toSegment: { identify: odd },
    toSegOps: { identify: odd },
  },
];
