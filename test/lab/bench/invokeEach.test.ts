import { describe, expect, it } from 'vitest';
import { type Clock, invokeEach } from '../../../lab/bench/process/invokeEach.ts';

/** Time that passes only when the test says so. */
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

/** Invokes a handler with requests that take these times. */
async function invoke(tookMs: readonly number[], everyMs?: number): ReturnType<typeof invokeEach> {
  const clock = new SimulatedClock();
  const handler = async (event: unknown) => {
    clock.pass(event as number);
    return { statusCode: 200, body: String(event) };
  };
  return await invokeEach(handler, tookMs, clock, everyMs);
}

describe('requests that each follow the last answer', () => {
  it('requests in a row have the latency of their own work only', async () => {
    const { latenciesMs, answers } = await invoke([5, 100, 5]);
    expect(latenciesMs).toEqual([5, 100, 5]);
    expect(answers.map(({ body }) => body)).toEqual(['5', '100', '5']);
  });
});

describe('requests at fixed times', () => {
  it('requests at fixed times have the latency of their own work if none is late', async () => {
    expect((await invoke([5, 20, 5], 20)).latenciesMs).toEqual([5, 20, 5]);
  });

  it('requests at fixed times wait for the one under way, and the wait counts', async () => {
    // Requests come at 20, 40, 60 and 80 ms, while the first is under way until 100.
    expect((await invoke([100, 5, 5, 5, 5], 20)).latenciesMs).toEqual([100, 85, 70, 55, 40]);
  });

  it('the latency of too many requests at fixed times grows without end', async () => {
    expect((await invoke([30, 30, 30, 30], 20)).latenciesMs).toEqual([30, 40, 50, 60]);
  });

  it('requests are billed for their work, not for waiting', async () => {
    expect((await invoke([100, 5, 5], 20)).billedMs).toBe(110);
  });
});

describe('the time that Lambda bills', () => {
  it('the billed time of each request is rounded up to a millisecond', async () => {
    expect((await invoke([0.2, 1.5, 3])).billedMs).toBe(1 + 2 + 3);
  });
});
