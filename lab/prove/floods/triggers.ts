import { askMave, defineTriggers } from 'mavera-triggers';

/** A trigger for each source. Its question carries the event's marker, by which calls are counted. */
const ask = askMave(({ event }) => ({ message: `What is behind ${event.properties.marker}?` }));

export default defineTriggers([
  { name: 'flood-proof', when: 'type = "track" and event = "flood_proof"', run: ask },
  { name: 'flood-proof-mail', source: 'sendgrid', when: 'event = "Email Link Clicked"', run: ask },
  { name: 'flood-proof-segment', source: 'segops', when: 'event = "Segment Recomputed"', run: ask },
]);
