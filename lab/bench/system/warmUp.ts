import type { LocalSystem } from '../../../local/system.ts';
import { type BenchEvent, postEvents } from './postEvents.ts';

/** At ten calls a second, they have as many runner processes started as are needed at the same time. */
export const warmUpRuns = 100;
const longestMs = 120_000;

/**
 * Has some runs done, so that the processes of the functions are there. On AWS environments start side by side; here they
 * would take each other's time, and the first runs would miss their slots.
 */
export async function warmUp(system: LocalSystem): Promise<void> {
  const events = Array.from({ length: warmUpRuns }, (_none, index): BenchEvent => {
    return { event: 'Bench Single', id: `bench-warm-up-${index}` };
  });
  await postEvents(system, events);
  await system.waitUntilDrained(longestMs);
}
