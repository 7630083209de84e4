import { askMave, defineTriggers } from 'mavera-triggers';

/** Wants one kind of event; what Mave is asked says for which event. */
export default defineTriggers([
  {
    name: 'soak',
    when: 'type = "track" and event = "wanted"',
    run: askMave(({ event }) => ({ message: `Why <${event.messageId}>?` })),
    budget: { credits: 1_000_000_000, per: 'month' },
  },
]);
