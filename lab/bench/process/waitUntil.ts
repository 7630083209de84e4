import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

/** A timer is late by about this; the rest is waited for awake. */
const timerIsLateByMs = 2;

/** Waits for a moment of `performance.now()`, to within some hundredths of a millisecond; past ones are not waited for. */
export async function waitUntil(atMs: number): Promise<void> {
  const sleepMs = atMs - performance.now() - timerIsLateByMs;
  if (sleepMs > 0) {
    await sleep(sleepMs);
  }
  while (performance.now() < atMs) {
    await setImmediate();
  }
}
