import { askMave, defineTriggers } from 'mavera-triggers';

export default defineTriggers([
  {
    name: 'segment-recomputed',
    source: 'segops',
    when: 'event = "Segment Recomputed"',
    run: askMave(() => ({ message: 'Why?' })),
  },
]);
