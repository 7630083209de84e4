import { askMave, defineTriggers } from 'mavera-triggers';

/** Matches every track event and reports with one: its own reports would start it again and again, if they could. */
export default defineTriggers([
  {
    name: 'every-track-event',
    when: 'type = "track"',
    run: askMave(() => ({ message: 'Why?' })),
    toSegment: { track: true },
  },
]);
