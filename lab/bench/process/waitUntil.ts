import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

/** Timers are about this late, so the last part is waited in a loop. */
const timerIsLateByMs = 2;

/** Waits until `performance.now()` reaches a time, exact to some hundredths of a millisecond. Does not wait if it is past. */
export async function waitUntil(atMs: number): Promise<void> {
  const sleepMs = atMs - performance.now() - timerIsLateByMs;
  if (sleepMs > 0) {
    await sleep(sleepMs);
  }
  while (performance.now() < atMs) {
    await setImmediate();
  }
}
