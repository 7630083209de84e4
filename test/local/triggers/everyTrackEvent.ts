import { askMave, defineTriggers } from 'mavera-triggers';

/** Wants every track event and reports with one: its own reports would start it for ever, if they could. */
export default defineTriggers([
  {
    name: 'every-track-event',
    when: 'type = "track"',
    run: askMave(() => ({ message: 'Why?' })),
    toSegment: { track: true },
  },
]);
