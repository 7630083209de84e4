import { setTimeout as sleep } from 'node:timers/promises';
import { LocalSystemError } from '../localSystemError.ts';
import { countParkedRuns, type ParkedCount } from './parkedRuns.ts';
import { describeWorkLeft, readWorkLeft, type WorkPlaces } from './workLeft.ts';

const checkEveryMs = 50;

/** How long to wait, and for what not. */
export interface DrainOptions {
  readonly timeoutMs: number;
  /** Which parked runs may stay. @default none */
  readonly mayStay?: (parked: ParkedCount) => boolean;
}

/**
 * Waits until no work is left: no message in a queue with runs or pulls (visible, delayed or in flight), no parked run, no
 * pull at work, and no invocation under way.
 *
 * @returns the parked runs that have stayed.
 * @throws {LocalSystemError} with what is left after the timeout.
 */
export async function waitUntilDrained(
  places: WorkPlaces,
  { timeoutMs, mayStay = () => false }: DrainOptions,
): Promise<readonly ParkedCount[]> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const left = await readWorkLeft(places);
    if (left.queues.length + left.busy + left.pulls.length === 0 && left.parked.every(mayStay)) {
      return left.parked;
    }
    if (Date.now() > deadlineMs) {
      const parked = await countParkedRuns(places.clients.dynamodb, places.tableName);
      const found = describeWorkLeft({ ...left, parked });
      throw new LocalSystemError(`work is left after ${timeoutMs / 1000} s: ${found}`);
    }
    await sleep(checkEveryMs);
  }
}
