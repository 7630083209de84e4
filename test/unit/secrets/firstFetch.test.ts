import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeServer, listen } from '../../../simulators/http/listen.ts';
import { readBody } from '../../../simulators/http/readBody.ts';

let server: Server;
/** The secrets that were asked for. */
let asked: string[];
let status: number;

beforeEach(async () => {
  asked = [];
  status = 200;
  server = createServer(async (request, response) => {
    const { SecretId } = JSON.parse((await readBody(request)).toString('utf8')) as { SecretId: string };
    asked.push(SecretId);
    const body = status === 200 ? { SecretString: `of ${SecretId}` } : { __type: 'AccessDeniedException' };
    response.writeHead(status).end(JSON.stringify(body));
  });
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIA1');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key');
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${await listen(server, 0)}`);
  vi.stubEnv('SEGMENT_SECRET_ARN', 'arn:segment');
  vi.stubEnv('SEGOPS_SECRET_ARN', 'arn:segops');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await closeServer(server);
});

/** As an environment that starts imports it. */
async function importFirst(): Promise<typeof import('../../../functions/secrets/firstFetch.ts')> {
  vi.resetModules();
  return await import('../../../functions/secrets/firstFetch.ts');
}

describe('the secrets of an environment that starts', () => {
  it('are sent for when the module is imported, each once', async () => {
    const { getEarlySecretValue } = await importFirst();
    await expect.poll(() => asked.toSorted()).toEqual(['arn:segment', 'arn:segops']);
    expect(await getEarlySecretValue('arn:segment')).toBe('of arn:segment');
    expect(asked).toHaveLength(2);
  });

  it('are fetched again when they are asked for again', async () => {
    const { getEarlySecretValue } = await importFirst();
    await getEarlySecretValue('arn:segment');
    await getEarlySecretValue('arn:segment');
    expect(asked.filter((id) => id === 'arn:segment')).toHaveLength(2);
  });

  it('may fail: whoever asks first hears of it, and the next one fetches again', async () => {
    status = 400;
    const { getEarlySecretValue } = await importFirst();
    await expect.poll(() => asked).toHaveLength(2);
    await expect(getEarlySecretValue('arn:segment')).rejects.toThrow('400');
    status = 200;
    expect(await getEarlySecretValue('arn:segment')).toBe('of arn:segment');
  });
});
