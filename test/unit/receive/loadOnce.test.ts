import { describe, expect, it } from 'vitest';
import { loadOnce } from '../../../functions/receive/loadOnce.ts';

describe('what is loaded once', () => {
  it('is loaded when it is first needed, once for all who wait for it', async () => {
    let loads = 0;
    const get = loadOnce(
      async () => ++loads,
      () => undefined,
    );
    expect(loads).toBe(0);
    expect(await Promise.all([get(), get()])).toEqual([1, 1]);
    expect(await get()).toBe(1);
  });

  it('is nothing while it cannot be loaded, and is loaded again when it is needed again', async () => {
    const troubles: unknown[] = [];
    const failure = new Error('no such module');
    let isThere = false;
    const get = loadOnce(
      async () => {
        if (!isThere) {
          throw failure;
        }
        return 'loaded';
      },
      (error) => troubles.push(error),
    );
    expect(await Promise.all([get(), get()])).toEqual([undefined, undefined]);
    expect(await get()).toBeUndefined();
    expect(troubles).toEqual([failure, failure]);
    isThere = true;
    expect(await get()).toBe('loaded');
    expect(troubles).toHaveLength(2);
  });
});
