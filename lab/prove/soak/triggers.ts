import { createPersona, defineTriggers } from 'mavera-triggers';

/**
 * Wants one kind of event. The persona has the event's id in its name. Personas have no concurrency cap, so that parked runs
 * are dispatched as fast as they come.
 */
export default defineTriggers([
  {
    name: 'soak',
    when: 'type = "track" and event = "wanted"',
    run: createPersona(({ event }) => ({ name: `<${event.messageId}>`, description: 'A customer.' })),
    budget: { credits: 1_000_000_000, per: 'month' },
  },
]);
