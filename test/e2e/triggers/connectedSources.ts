import { askMave, defineTriggers } from 'mavera-triggers';

const run = askMave(() => ({ message: 'Why?' }));

export default defineTriggers([
  // It reads every kind of event, so it would also read SendGrid's test events.
  { name: 'every-e-mail-event', source: 'sendgrid', when: 'type = "track"', run },
  { name: 'segment-recomputed', source: 'segops', when: 'event = "Segment Recomputed"', run },
]);
