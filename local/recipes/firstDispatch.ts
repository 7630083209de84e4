import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalSystem } from '../system.ts';

/** Waits for the dispatcher's first pass. A run is parked only if the dispatcher is known to be alive. */
export async function firstDispatch({ dispatcher }: LocalSystem): Promise<void> {
  while (dispatcher.invocations <= dispatcher.busy) {
    await sleep(50);
  }
}
