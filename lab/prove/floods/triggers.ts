import { askMave, defineTriggers } from 'mavera-triggers';

/** The only trigger of the proof. Its question carries the event's marker, by which calls are counted. */
export default defineTriggers([
  {
    name: 'flood-proof',
    when: 'type = "track" and event = "flood_proof"',
    run: askMave(({ event }) => ({ message: `What is behind ${event.properties.marker}?` })),
  },
]);
