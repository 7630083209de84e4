import { createPersona, defineTriggers, trigger } from 'mavera-triggers';

const chained = trigger(
  { name: 'soak-chained', when: 'type = "track" and event = "chained"' },
  createPersona(({ event }) => ({ name: `<${event.messageId}>`, description: 'A customer.' })),
);

/**
 * Wants two kinds of events: the runs of one are followed by others. The persona has the event's id in its name. Personas
 * have no concurrency cap, so that parked runs are dispatched as fast as they come.
 */
export default defineTriggers([
  {
    name: 'soak',
    when: 'type = "track" and event = "wanted"',
    run: createPersona(({ event }) => ({ name: `<${event.messageId}>`, description: 'A customer.' })),
    budget: { credits: 1_000_000_000, per: 'month' },
  },
  chained,
  trigger(
    { name: 'soak-follower', after: chained },
    createPersona(({ event }) => ({ name: `<${event.messageId}/follower>`, description: 'A customer.' })),
  ),
]);
