import { describe, expect, it } from 'vitest';
import { secretsManagerEndpoint } from '../../../functions/secrets/secretsManagerEndpoint.ts';
import { sdkRequest } from './sdkRequest.ts';

const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
const regions = [
  'us-east-1',
  'eu-central-2',
  'us-gov-west-1',
  'cn-north-1',
  'eusc-de-east-1',
  'us-iso-east-1',
  'us-isob-east-1',
  'eu-isoe-west-1',
  'us-isof-south-1',
];

describe('the endpoint of Secrets Manager', () => {
  it.each(regions)('in %s is the one that the AWS SDK uses, also for FIPS and for IPv6', async (region) => {
    // There is no FIPS in China.
    const flags = region.startsWith('cn-') ? [false] : [false, true];
    for (const useFipsEndpoint of flags) {
      for (const useDualstackEndpoint of [false, true]) {
        const config = { region, credentials, useFipsEndpoint, useDualstackEndpoint };
        const { protocol, hostname, path } = await sdkRequest('name', config);
        const url = secretsManagerEndpoint(region, {
          AWS_USE_FIPS_ENDPOINT: String(useFipsEndpoint),
          AWS_USE_DUALSTACK_ENDPOINT: String(useDualstackEndpoint),
        });
        expect([url.protocol, url.hostname, url.pathname]).toEqual([protocol, hostname, path]);
      }
    }
  });

  it('is what the environment names, the service before all services', () => {
    const all = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' };
    const own = { ...all, AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:4567/secrets' };
    expect(secretsManagerEndpoint('us-east-1', all).href).toBe('http://127.0.0.1:4566/');
    expect(secretsManagerEndpoint('us-east-1', own).href).toBe('http://127.0.0.1:4567/secrets');
    const ignored = { ...own, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
    expect(secretsManagerEndpoint('us-east-1', ignored).hostname).toBe(
      'secretsmanager.us-east-1.amazonaws.com',
    );
  });
});
