import { describe, expect, it } from 'vitest';
import { latencyOf } from '../../../lab/bench/measure/latencies.ts';
import { waitUntil } from '../../../lab/bench/process/waitUntil.ts';

describe('the latency of requests', () => {
  it('is told by the half, by 99 of 100, and by the worst', () => {
    const latenciesMs = Array.from({ length: 200 }, (_none, index) => 200 - index);
    expect(latencyOf(latenciesMs)).toEqual({ p50Ms: 100, p99Ms: 198, worstMs: 200, requests: 200 });
  });

  it('of no request does not exist', () => {
    expect(() => latencyOf([])).toThrow(RangeError);
  });
});

describe('waiting for the moment of a request', () => {
  it('is never over too early', async () => {
    const atMs = performance.now() + 5;
    await waitUntil(atMs);
    expect(performance.now()).toBeGreaterThanOrEqual(atMs);
  });

  it('does not wait for a moment that is past', async () => {
    await expect(waitUntil(performance.now() - 1_000)).resolves.toBeUndefined();
  });
});
