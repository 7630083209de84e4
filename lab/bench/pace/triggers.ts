import { createPersona, defineTriggers } from 'mavera-triggers';

/** One trigger that costs the runner as little as can be, so that the pace is what is measured. */
// biome-ignore lint/style/noDefaultExport: the shape of a triggers file
export default defineTriggers([
  {
    name: 'bench-pace',
    when: 'type = "track" and event = "Bench Pace"',
    run: createPersona(({ event }) => ({ name: `Bench ${event.userId ?? 'nobody'}`, type: 'B2B' })),
  },
]);
