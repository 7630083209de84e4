import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { LogBytes } from '../../../lab/bench/process/logBytes.ts';

const writers = [process.stdout.write, process.stderr.write] as const;
const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
const log = new LogBytes();
afterEach(() => written.mockClear());
afterAll(() => {
  [process.stdout.write, process.stderr.write] = writers;
});

describe('the bytes that a function logs', () => {
  it('log bytes are counted while they are metered, and still written', () => {
    log.reset(true);
    process.stdout.write('é\n');
    process.stdout.write(new Uint8Array(4));
    expect(log.bytes).toBe(7);
    expect(written).toHaveBeenCalledTimes(2);
  });

  it('log bytes are not counted if they are not metered', () => {
    log.reset(false);
    process.stdout.write('a line\n');
    expect(log.bytes).toBe(0);
    expect(written).toHaveBeenCalledTimes(1);
  });
});
