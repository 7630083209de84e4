import { createPersona, defineTriggers } from 'mavera-triggers';

/** Two triggers that cost the runner as little as can be, so that what is around the calls is measured. */
// biome-ignore lint/style/noDefaultExport: the shape of a triggers file
export default defineTriggers([
  {
    name: 'bench-backlog',
    when: 'type = "track" and event = "Bench Backlog"',
    run: createPersona(({ event }) => ({ name: `Bench ${event.userId ?? 'nobody'}`, type: 'B2B' })),
  },
  {
    name: 'bench-single',
    when: 'type = "track" and event = "Bench Single"',
    run: createPersona(({ event }) => ({ name: `Bench ${event.userId ?? 'nobody'}`, type: 'B2B' })),
  },
]);
