import { describe, expect, it } from 'vitest';
import { type Clock, invokeEach } from '../../../lab/bench/process/invokeEach.ts';

/** Time that passes only where something takes it. */
class SimulatedClock implements Clock {
  #nowMs = 1_000;

  now(): number {
    return this.#nowMs;
  }

  async waitUntil(atMs: number): Promise<void> {
    this.#nowMs = Math.max(this.#nowMs, atMs);
  }

  pass(ms: number): void {
    this.#nowMs += ms;
  }
}

/** Requests that take so long each. */
async function invoke(tookMs: readonly number[], everyMs?: number): ReturnType<typeof invokeEach> {
  const clock = new SimulatedClock();
  const handler = async (event: unknown) => {
    clock.pass(event as number);
    return { statusCode: 200, body: String(event) };
  };
  return await invokeEach(handler, tookMs, clock, everyMs);
}

describe('requests that follow each on the last answer', () => {
  it('have the latency of their own work alone', async () => {
    const { latenciesMs, answers } = await invoke([5, 100, 5]);
    expect(latenciesMs).toEqual([5, 100, 5]);
    expect(answers.map(({ body }) => body)).toEqual(['5', '100', '5']);
  });
});

describe('requests that come at fixed moments', () => {
  it('have the latency of their own work as long as none is late', async () => {
    expect((await invoke([5, 20, 5], 20)).latenciesMs).toEqual([5, 20, 5]);
  });

  it('wait for the one at work, which counts from the moment they came', async () => {
    // At 20, 40, 60 and 80 ms they come while the first is at work, until 100.
    expect((await invoke([100, 5, 5, 5, 5], 20)).latenciesMs).toEqual([100, 85, 70, 55, 40]);
  });

  it('have a latency that grows without end when they are more than can be done', async () => {
    expect((await invoke([30, 30, 30, 30], 20)).latenciesMs).toEqual([30, 40, 50, 60]);
  });

  it('are billed for their work, not for the waiting', async () => {
    expect((await invoke([100, 5, 5], 20)).billedMs).toBe(110);
  });
});

describe('the time that Lambda bills', () => {
  it('is rounded up to a millisecond for each request', async () => {
    expect((await invoke([0.2, 1.5, 3])).billedMs).toBe(1 + 2 + 3);
  });
});
