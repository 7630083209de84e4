import { describe, expect, it } from 'vitest';
import { signRequest } from '../../../functions/aws/signRequest.ts';
import { sdkRequest } from '../secrets/sdkRequest.ts';

const unsigned = ['authorization', 'x-amz-date', 'x-amz-security-token'];

/** When a request was signed, from `20261129T184148Z`. */
function timeOf(date: string | undefined): number {
  return Date.parse((date ?? '').replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

describe('the signature of a request to AWS', () => {
  it.each([
    ['with a session token', { accessKeyId: 'AKIA1', secretAccessKey: 'key/+=', sessionToken: 'token==' }],
    ['without a session token', { accessKeyId: 'AKIA2', secretAccessKey: 'another key' }],
  ])('is the one that the AWS SDK makes, %s', async (_which, credentials) => {
    const region = 'eu-central-1';
    const { headers, path, body } = await sdkRequest('mavera/sécret', { region, credentials });
    const [, names = ''] = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '') ?? [];
    const given = names
      .split(';')
      .filter((name) => !unsigned.includes(name))
      .map((name) => [name, headers[name] ?? ''] as const);
    const signed = signRequest(
      {
        service: 'secretsmanager',
        region,
        path,
        body,
        atMs: timeOf(headers['x-amz-date']),
        headers: Object.fromEntries(given),
      },
      credentials,
    );
    for (const name of unsigned) {
      expect(signed[name], name).toBe(headers[name]);
    }
  });

  it('covers the body', () => {
    const request = { service: 's3', region: 'us-east-1', path: '/', headers: { host: 'a' }, atMs: 0 };
    const keys = { accessKeyId: 'a', secretAccessKey: 'b' };
    const one = signRequest({ ...request, body: 'one' }, keys);
    const other = signRequest({ ...request, body: 'other' }, keys);
    expect(one.authorization).not.toBe(other.authorization);
  });
});
