import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { leastSamples, memoryTrend } from '../../lab/memory/memoryTrend.ts';
import { MemoryWatch } from '../../lab/memory/memoryWatch.ts';
import { megabyte, ownPeakBytes } from '../../lab/memory/processMemory.ts';

/** Longer than any test here: the watches look only when they begin and end. */
const never = 2 ** 30;

describe('a watch of memory', () => {
  it('a watch samples the processes of its pools, and those that it is told of', () => {
    const watch = new MemoryWatch([{ name: 'receiver', pids: () => [process.pid] }], never);
    watch.note('runner', process.ppid);
    const [own, parent, ...others] = watch.stop();
    expect(own).toMatchObject({ name: 'receiver', pid: process.pid, isAlive: true });
    expect(own?.samplesBytes).toHaveLength(2);
    expect(parent).toMatchObject({ name: 'runner', pid: process.ppid, isAlive: true });
    expect(others).toEqual([]);
  });

  it('a watch sees a peak between two looks', () => {
    const watch = new MemoryWatch([{ name: 'own', pids: () => [process.pid] }], never);
    watch.resetPeaks();
    const size = 256 * megabyte;
    let block: Buffer | undefined = Buffer.alloc(size, 1);
    expect(block).toHaveLength(size);
    block = undefined;
    expect(watch.resetPeaks().get(process.pid)).toBeGreaterThan(size);
    expect(ownPeakBytes()).toBeGreaterThan(0);
    watch.stop();
  });

  it('a watch keeps the samples of a process that has ended', async () => {
    const child = spawn('sleep', ['60']);
    const pid = child.pid ?? 0;
    const watch = new MemoryWatch([{ name: 'child', pids: () => [pid] }], never);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const [seen] = watch.stop();
    expect(seen).toMatchObject({ name: 'child', isAlive: false });
    expect(seen?.samplesBytes).toHaveLength(1);
    expect(seen?.peakBytes).toBeGreaterThan(0);
  });
});

describe('the trend of memory', () => {
  it('a trend is the median of each tenth, and the peak', () => {
    const samples = Array.from({ length: leastSamples }, (_none, index) => index);
    const trend = memoryTrend(samples);
    expect(trend?.tenthsBytes).toEqual([9.5, 29.5, 49.5, 69.5, 89.5, 109.5, 129.5, 149.5, 169.5, 189.5]);
    expect(trend?.peakBytes).toBe(199);
  });

  it('a trend needs enough samples', () => {
    expect(memoryTrend([1, 2, 3])).toBeUndefined();
  });
});
