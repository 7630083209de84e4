import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CachedSecret, SecretUnavailableError } from '../../../functions/secrets/cachedSecret.ts';

const minuteMs = 60_000;
const settings = { maxAgeMs: 5 * minuteMs, earlyRefreshEveryMs: minuteMs, retryEveryMs: 10_000 };

/** A cached secret, its clock, and the fetches that it has begun, to be answered by hand. */
function setUp() {
  const clock = { nowMs: 1_767_225_600_000 };
  const fetches: PromiseWithResolvers<string>[] = [];
  const troubles: unknown[] = [];
  const secret = new CachedSecret<string>({
    ...settings,
    now: () => clock.nowMs,
    onTrouble: (error) => troubles.push(error),
    fetch: async () => {
      const fetch = Promise.withResolvers<string>();
      fetches.push(fetch);
      return await fetch.promise;
    },
  });
  /** Ends the latest fetch, so that all who wait for it go on. */
  const answer = async (value: string | Error): Promise<void> => {
    const fetch = fetches.at(-1);
    if (value instanceof Error) {
      fetch?.reject(value);
    } else {
      fetch?.resolve(value);
    }
    await setImmediate();
  };
  return { secret, clock, fetches, troubles, answer };
}

/** The same, after the secret was read once. */
async function setUpWith(value: string) {
  const system = setUp();
  const first = system.secret.get();
  await system.answer(value);
  await first;
  return system;
}

const down = new Error('the store is down');

describe('a secret that is asked for the first time', () => {
  it('is fetched once for all who wait for it', async () => {
    const { secret, fetches, answer } = setUp();
    const waiting = [secret.get(), secret.get(), secret.get()];
    expect(fetches).toHaveLength(1);
    await answer('s-1');
    expect(await Promise.all(waiting)).toEqual(['s-1', 's-1', 's-1']);
    expect(await secret.get()).toBe('s-1');
    expect(fetches).toHaveLength(1);
  });

  it('is fetched before it is needed when it is warmed, and shared with the first who asks', async () => {
    const { secret, fetches, answer } = setUp();
    secret.warm();
    expect(fetches).toHaveLength(1);
    const waiting = secret.get();
    await answer('s-1');
    expect(await waiting).toBe('s-1');
    expect(fetches).toHaveLength(1);
  });

  it('is unavailable to all who wait when the store fails, with the reason', async () => {
    const { secret, troubles, answer } = setUp();
    const waiting = [secret.get(), secret.get()].map((get) => get.catch((error: unknown) => error));
    await answer(down);
    for (const error of await Promise.all(waiting)) {
      expect(error).toBeInstanceOf(SecretUnavailableError);
      expect(error).toMatchObject({ message: 'The secret cannot be read', cause: down });
    }
    expect(troubles).toEqual([down]);
  });

  it('is fetched again for the next one who asks', async () => {
    const { secret, fetches, answer } = setUp();
    const first = secret.get().catch((error: unknown) => error);
    await answer(down);
    expect(await first).toBeInstanceOf(SecretUnavailableError);
    const second = secret.get();
    expect(fetches).toHaveLength(2);
    await answer('s-1');
    expect(await second).toBe('s-1');
  });

  it('throws nothing when warming it fails: that shows at the first use', async () => {
    const { secret, fetches, troubles, answer } = setUp();
    secret.warm();
    await answer(down);
    expect(troubles).toEqual([down]);
    const waiting = secret.get();
    expect(fetches).toHaveLength(2);
    await answer('s-1');
    expect(await waiting).toBe('s-1');
  });
});

describe('a secret that has grown old', () => {
  const refreshMs = 4 * minuteMs;

  it('is given at once, and fetched again in the background', async () => {
    const { secret, clock, fetches, answer } = await setUpWith('s-1');
    clock.nowMs += refreshMs - 1;
    expect(await secret.get()).toBe('s-1');
    expect(fetches).toHaveLength(1);
    clock.nowMs += 1;
    expect(await secret.get()).toBe('s-1');
    expect(fetches).toHaveLength(2);
    await answer('s-2');
    expect(await secret.get()).toBe('s-2');
    expect(fetches).toHaveLength(2);
  });

  it('is fetched again once for all who ask while the fetch takes', async () => {
    const { secret, clock, fetches } = await setUpWith('s-1');
    clock.nowMs += refreshMs;
    expect(await Promise.all([secret.get(), secret.get(), secret.get()])).toEqual(['s-1', 's-1', 's-1']);
    clock.nowMs += minuteMs - 1;
    expect(await secret.get()).toBe('s-1');
    expect(fetches).toHaveLength(2);
  });

  it('is kept when the store fails, and fetched again a little later, not at every request', async () => {
    const { secret, clock, fetches, troubles, answer } = await setUpWith('s-1');
    clock.nowMs += refreshMs;
    await secret.get();
    await answer(down);
    expect(await secret.get()).toBe('s-1');
    clock.nowMs += settings.retryEveryMs - 1;
    expect(await secret.get()).toBe('s-1');
    expect(fetches).toHaveLength(2);
    clock.nowMs += 1;
    expect(await secret.get()).toBe('s-1');
    expect(fetches).toHaveLength(3);
    expect(troubles).toEqual([down]);
    await answer('s-2');
    expect(await secret.get()).toBe('s-2');
  });

  it('is kept for as long as the store fails', async () => {
    const { secret, clock, answer } = await setUpWith('s-1');
    for (let hour = 0; hour < 48; hour += 1) {
      clock.nowMs += 60 * minuteMs;
      const waiting = secret.get();
      await answer(down);
      expect(await waiting).toBe('s-1');
    }
  });
});

describe('a secret that was removed from its store', () => {
  it('is not used once it is as old as it may be: the next one who asks waits for the fetch', async () => {
    const { secret, clock, fetches, answer } = await setUpWith('removed');
    clock.nowMs += settings.maxAgeMs - 1;
    expect(await secret.get()).toBe('removed');
    await answer('s-2');
    clock.nowMs += settings.maxAgeMs;
    const waiting = secret.get();
    expect(fetches).toHaveLength(3);
    await answer('s-3');
    expect(await waiting).toBe('s-3');
  });

  it('counts its age from when its fetch was started, however long the answer took', async () => {
    const { secret, clock, fetches, answer } = setUp();
    const first = secret.get();
    clock.nowMs += settings.maxAgeMs;
    await answer('removed');
    await first;
    const second = secret.get();
    expect(fetches).toHaveLength(2);
    await answer('s-2');
    expect(await second).toBe('s-2');
  });

  /** Lambda freezes an environment after an invocation: here with a fetch under way, for three hours. */
  async function sleepWhileFetching() {
    const system = await setUpWith('removed');
    system.clock.nowMs += 4 * minuteMs;
    await system.secret.get();
    system.clock.nowMs += 180 * minuteMs;
    return system;
  }

  it('opens nothing in an environment that was frozen during a fetch, whose answer comes when it goes on', async () => {
    const { secret, fetches, answer } = await sleepWhileFetching();
    fetches[1]?.resolve('removed');
    await setImmediate();
    const waiting = secret.get();
    expect(fetches).toHaveLength(3);
    await answer('s-2');
    expect(await waiting).toBe('s-2');
  });

  it('opens nothing in an environment that was frozen during a fetch, whose answer comes later than the next one', async () => {
    const { secret, fetches, answer } = await sleepWhileFetching();
    const waiting = secret.get();
    expect(fetches).toHaveLength(3);
    await answer('s-2');
    expect(await waiting).toBe('s-2');
    fetches[1]?.resolve('removed');
    await setImmediate();
    expect(await secret.get()).toBe('s-2');
  });

  it('opens nothing in an environment that was frozen during a fetch that fails when it goes on', async () => {
    const { secret, fetches, answer } = await sleepWhileFetching();
    fetches[1]?.reject(down);
    await setImmediate();
    const waiting = secret.get();
    expect(fetches).toHaveLength(3);
    await answer('s-2');
    expect(await waiting).toBe('s-2');
  });

  it('is not what a frozen fetch brings to a request that was signed with a new one', async () => {
    const { secret, fetches, answer } = await sleepWhileFetching();
    const early = secret.refreshEarly();
    expect(fetches).toHaveLength(3);
    fetches[1]?.resolve('removed');
    await answer('s-2');
    expect(await early).toBe('s-2');
  });
});

describe('a secret that no longer seems to be the right one', () => {
  it('is fetched at once', async () => {
    const { secret, fetches, answer } = await setUpWith('s-1');
    const early = secret.refreshEarly();
    expect(fetches).toHaveLength(2);
    await answer('s-2');
    expect(await early).toBe('s-2');
    expect(await secret.get()).toBe('s-2');
  });

  it('is not fetched for a request that came before its fetch: such a secret cannot be too old', async () => {
    const { secret, clock, fetches, answer } = setUp();
    const arrivedAtMs = clock.nowMs - 1;
    secret.warm();
    await answer('s-1');
    expect(await secret.refreshEarly(arrivedAtMs)).toBeUndefined();
    expect(fetches).toHaveLength(1);
    clock.nowMs += 1;
    const early = secret.refreshEarly(clock.nowMs);
    expect(fetches).toHaveLength(2);
    await answer('s-2');
    expect(await early).toBe('s-2');
  });

  it('is fetched at most once a minute, once for all who ask while the fetch takes', async () => {
    const { secret, clock, fetches, answer } = await setUpWith('s-1');
    const waiting = [secret.refreshEarly(), secret.refreshEarly()];
    expect(fetches).toHaveLength(2);
    await answer('s-2');
    expect(await Promise.all(waiting)).toEqual(['s-2', 's-2']);
    clock.nowMs += settings.earlyRefreshEveryMs - 1;
    expect(await secret.refreshEarly()).toBeUndefined();
    expect(fetches).toHaveLength(2);
    clock.nowMs += 1;
    const again = secret.refreshEarly();
    expect(fetches).toHaveLength(3);
    await answer('s-3');
    expect(await again).toBe('s-3');
  });

  it('is unavailable when the store fails, because the old value proves nothing; others still get the old value', async () => {
    const { secret, troubles, answer } = await setUpWith('s-1');
    const early = secret.refreshEarly().catch((error: unknown) => error);
    await answer(down);
    expect(await early).toBeInstanceOf(SecretUnavailableError);
    expect(await early).toMatchObject({ message: 'The secret cannot be read', cause: down });
    expect(await secret.get()).toBe('s-1');
    expect(troubles).toEqual([down]);
  });

  it('is unavailable without another fetch a moment after the store failed, and then fetched: the failed fetch does not count', async () => {
    const { secret, clock, fetches, answer } = await setUpWith('s-1');
    const early = secret.refreshEarly().catch((error: unknown) => error);
    await answer(down);
    await early;
    clock.nowMs += settings.retryEveryMs - 1;
    await expect(secret.refreshEarly()).rejects.toThrow(
      new SecretUnavailableError('The secret could not be read a moment ago'),
    );
    expect(fetches).toHaveLength(2);
    clock.nowMs += 1;
    const again = secret.refreshEarly();
    expect(fetches).toHaveLength(3);
    await answer('s-2');
    expect(await again).toBe('s-2');
    clock.nowMs += settings.earlyRefreshEveryMs - 1;
    expect(await secret.refreshEarly()).toBeUndefined();
    expect(fetches).toHaveLength(3);
  });

  it('is unavailable without another fetch a moment after a fetch in the background failed', async () => {
    const { secret, clock, fetches, answer } = await setUpWith('s-1');
    clock.nowMs += 4 * minuteMs;
    await secret.get();
    await answer(down);
    await expect(secret.refreshEarly()).rejects.toThrow(SecretUnavailableError);
    expect(fetches).toHaveLength(2);
  });

  it('is unavailable when there never was one', async () => {
    const { secret, answer } = setUp();
    const early = secret.refreshEarly().catch((error: unknown) => error);
    await answer(down);
    expect(await early).toBeInstanceOf(SecretUnavailableError);
  });

  it('shares a fetch that is already under way', async () => {
    const { secret, clock, fetches, answer } = await setUpWith('s-1');
    clock.nowMs += 4 * minuteMs;
    await secret.get();
    const early = secret.refreshEarly();
    expect(fetches).toHaveLength(2);
    await answer('s-2');
    expect(await early).toBe('s-2');
  });
});
