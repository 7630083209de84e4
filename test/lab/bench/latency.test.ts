import { describe, expect, it } from 'vitest';
import { latencyOf } from '../../../lab/bench/measure/latencies.ts';
import { waitUntil } from '../../../lab/bench/process/waitUntil.ts';

describe('the latency of requests', () => {
  it('the latency of requests is their median, their 99th percentile and the worst', () => {
    const latenciesMs = Array.from({ length: 200 }, (_none, index) => 200 - index);
    expect(latencyOf(latenciesMs)).toEqual({ p50Ms: 100, p99Ms: 198, worstMs: 200, requests: 200 });
  });

  it('the latency of no request does not exist', () => {
    expect(() => latencyOf([])).toThrow(RangeError);
  });
});

describe('waiting for the time of a request', () => {
  it('waiting for a time is never over too early', async () => {
    const atMs = performance.now() + 5;
    await waitUntil(atMs);
    expect(performance.now()).toBeGreaterThanOrEqual(atMs);
  });

  it('waiting for a past time is over at once', async () => {
    await expect(waitUntil(performance.now() - 1_000)).resolves.toBeUndefined();
  });
});
