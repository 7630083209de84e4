import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { startTimer } from '../../local/schedule/startTimer.ts';

const everySeconds = 0.01;

let stop: () => void = () => undefined;

afterEach(() => stop());

describe('a job on a timer', () => {
  it('starts again and again', async () => {
    let starts = 0;
    stop = startTimer(everySeconds, async () => {
      starts += 1;
    });
    await expect.poll(() => starts).toBeGreaterThan(3);
  });

  it('never starts while it is still under way', async () => {
    const first = Promise.withResolvers<void>();
    let starts = 0;
    stop = startTimer(everySeconds, () => {
      starts += 1;
      return first.promise;
    });
    await sleep(100);
    expect(starts).toBe(1);
    first.resolve();
    await expect.poll(() => starts).toBeGreaterThan(1);
  });

  it('never starts after the end of the timer', async () => {
    let starts = 0;
    stop = startTimer(everySeconds, async () => {
      starts += 1;
    });
    stop();
    const before = starts;
    await sleep(100);
    expect(starts).toBe(before);
  });
});
