import { askMave, defineTriggers } from 'mavera-triggers';

/** One trigger, as simple as most are. */
export const triggers = defineTriggers([
  {
    name: 'plan-upgraded',
    when: 'type = "track" and event = "plan_upgraded"',
    run: askMave(({ event }) => ({ message: `Why the move to ${event.properties.new_plan}?` })),
  },
]);
