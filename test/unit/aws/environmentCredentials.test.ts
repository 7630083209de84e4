import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultProvider } from '../../../functions/aws/environmentCredentials.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Sets the variables that Lambda sets, or takes them away. */
function useEnvironment(id?: string, key?: string, token?: string): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', id);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', key);
  vi.stubEnv('AWS_SESSION_TOKEN', token);
}

describe("a function's credentials", () => {
  it('are those of its role, from the environment variables', async () => {
    useEnvironment('AKIA-TEST', 'key', 'token');
    expect(await defaultProvider()()).toEqual({
      accessKeyId: 'AKIA-TEST',
      secretAccessKey: 'key',
      sessionToken: 'token',
    });
  });

  it('have no session token where none is set, as on emulators', async () => {
    useEnvironment('AKIA-TEST', 'key');
    expect(await defaultProvider()()).toEqual({ accessKeyId: 'AKIA-TEST', secretAccessKey: 'key' });
  });

  it('are read only when they are needed', async () => {
    useEnvironment('AKIA-OLD', 'key');
    const provider = defaultProvider();
    useEnvironment('AKIA-NEW', 'key');
    expect(await provider()).toMatchObject({ accessKeyId: 'AKIA-NEW' });
  });

  it.each([
    [undefined, undefined],
    ['AKIA-TEST', undefined],
    [undefined, 'key'],
  ])('are reported when they are missing (%s, %s)', async (id, key) => {
    useEnvironment(id, key);
    await expect(defaultProvider()()).rejects.toThrow(
      /AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set/,
    );
  });
});
