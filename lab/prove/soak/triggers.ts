import { askMave, defineTriggers } from 'mavera-triggers';

/** Wants one kind of event. The question to Mave names the event's id. */
export default defineTriggers([
  {
    name: 'soak',
    when: 'type = "track" and event = "wanted"',
    run: askMave(({ event }) => ({ message: `Why <${event.messageId}>?` })),
    budget: { credits: 1_000_000_000, per: 'month' },
  },
]);
