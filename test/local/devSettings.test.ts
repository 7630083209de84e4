import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { endpointsOfEnvironment } from '../../local/aws/endpoints.ts';
import { readDevSettings, readDispatchEverySeconds } from '../../local/dev/devSettings.ts';

describe('the settings of npm run dev', () => {
  it('are only the port by default', () => {
    expect(readDevSettings({ HOME: '/root', SEGMENT_SHARED_SECRET: '' })).toEqual({
      port: 8787,
      systems: {},
    });
  });

  it('are read from the environment', () => {
    expect(
      readDevSettings({
        PORT: '0',
        SEGMENT_SHARED_SECRET: 'shared secret',
        SEGMENT_BEARER_TOKEN: 'token',
        MAVERA_BASE_URL: 'http://127.0.0.1:4010/api/v1',
        MAVERA_API_KEY: 'mvra_live_x',
        MAVERA_REQUESTS_PER_MINUTE: '600',
        MAVERA_MONTHLY_CREDITS: '500',
        MAVERA_TIMEOUT_SECONDS: '20',
        DISPATCH_EVERY_SECONDS: '5',
        SEGMENT_PROFILES_URL: 'https://profiles.euw1.segment.com/',
        SEGMENT_PROFILES_TOKEN: 'profiles-token',
        SEGMENT_PROFILE_SPACE: 'spa_1',
        SEGMENT_API_URL: 'https://eu1.api.segmentapis.com',
        SEGMENT_API_TOKEN: 'api-token',
        SENDGRID_BASE_URL: 'https://api.eu.sendgrid.com',
        SENDGRID_API_KEY: 'SG.1',
        SENDGRID_PUBLIC_KEY: 'MFkw+/=',
        SEGOPS_BASE_URL: 'http://127.0.0.1:4040/api',
        SEGOPS_API_KEY: 'sk_1',
        SEGOPS_WEBHOOK_SECRET: 'of segops',
        TRIGGERS: 'my/triggers.ts',
        S3_FOLDER: 'buckets',
        INIT_CWD: '/project',
      }),
    ).toEqual({
      port: 0,
      sharedSecret: 'shared secret',
      bearerToken: 'token',
      maveraBaseUrl: 'http://127.0.0.1:4010/api/v1',
      maveraApiKey: 'mvra_live_x',
      maveraRequestsPerMinute: 600,
      maveraMonthlyCredits: 500,
      maveraTimeoutSeconds: 20,
      dispatchEverySeconds: 5,
      systems: {
        segmentProfiles: {
          url: 'https://profiles.euw1.segment.com',
          token: 'profiles-token',
          space: 'spa_1',
        },
        segmentApi: { url: 'https://eu1.api.segmentapis.com', token: 'api-token' },
        segops: { url: 'http://127.0.0.1:4040/api', apiKey: 'sk_1' },
        sendgrid: { url: 'https://api.eu.sendgrid.com', apiKey: 'SG.1' },
      },
      segmentProfileSpace: 'spa_1',
      sendgridPublicKey: 'MFkw+/=',
      segopsWebhookSecret: 'of segops',
      triggersFile: resolve('/project/my/triggers.ts'),
      s3Folder: resolve('/project/buckets'),
    });
  });

  it.each([
    [{ PORT: '65536' }, 'PORT must be a whole number from 0 to 65535'],
    [{ PORT: '80.5' }, 'PORT must be a whole number from 0 to 65535'],
    [
      { MAVERA_BASE_URL: 'mavera.example' },
      'MAVERA_BASE_URL must be an https:// URL, or http:// on this machine',
    ],
    [{ MAVERA_BASE_URL: 'http://mavera.example' }, 'MAVERA_BASE_URL must be an https:// URL'],
    [{ MAVERA_API_KEY: 'short' }, 'MAVERA_API_KEY must be a key of at least 8 characters without spaces'],
    [{ SEGMENT_BEARER_TOKEN: 'a b' }, 'SEGMENT_BEARER_TOKEN must be a token without spaces'],
    [{ MAVERA_REQUESTS_PER_MINUTE: '0' }, 'MAVERA_REQUESTS_PER_MINUTE must be a whole number from 1'],
    [{ SEGMENT_PROFILE_SPACE: 'spa 1' }, 'SEGMENT_PROFILE_SPACE must be the id of a space'],
    [{ SEGOPS_BASE_URL: 'http://segops.example' }, 'SEGOPS_BASE_URL must be an https:// URL'],
    [{ SENDGRID_PUBLIC_KEY: 'a b' }, 'SENDGRID_PUBLIC_KEY must be a public key in base64 without spaces'],
    [{ DISPATCH_EVERY_SECONDS: '0' }, 'DISPATCH_EVERY_SECONDS must be a whole number from 1 to 60'],
    [
      { PORT: 'x', MAVERA_MONTHLY_CREDITS: '-1' },
      'PORT must be a whole number from 0 to 65535; MAVERA_MONTHLY_CREDITS must be a whole number from 0',
    ],
  ])('are refused in one line that names the variable and not its value: %j', (environment, message) => {
    expect(() => readDevSettings(environment)).toThrow(message);
  });

  it.each([
    ['SEGMENT_TRACKING_URL', 'SEGMENT_WRITE_KEY'],
    ['SEGMENT_PROFILES_URL', 'SEGMENT_PROFILES_TOKEN'],
    ['SEGMENT_API_URL', 'SEGMENT_API_TOKEN'],
    ['SEGOPS_BASE_URL', 'SEGOPS_API_KEY'],
    ['SENDGRID_BASE_URL', 'SENDGRID_API_KEY'],
  ])('ask for the credential of another system: %s without %s', (url, key) => {
    expect(() => readDevSettings({ [url]: 'https://example.com' })).toThrow(`${url} is set without ${key}`);
  });

  it('never show a secret', () => {
    expect(() => readDevSettings({ MAVERA_API_KEY: 'geheim' })).not.toThrow('geheim');
  });
});

describe('the settings of npm start', () => {
  it('are read without those that only npm run dev has', () => {
    expect(readDispatchEverySeconds({ PORT: 'x', DISPATCH_EVERY_SECONDS: '3' })).toBe(3);
    expect(readDispatchEverySeconds({ DISPATCH_EVERY_SECONDS: '' })).toBeUndefined();
  });

  it('are refused in one line', () => {
    expect(() => readDispatchEverySeconds({ DISPATCH_EVERY_SECONDS: '1.5' })).toThrow(
      'DISPATCH_EVERY_SECONDS must be a whole number from 1 to 60',
    );
  });
});

describe('the servers used instead of embedded ones', () => {
  it("are those of the AWS SDK's endpoint variables", () => {
    expect(
      endpointsOfEnvironment({
        AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000/',
        AWS_ENDPOINT_URL_SQS: '',
        AWS_ENDPOINT_URL_SECRETS_MANAGER: 'https://localhost:4566',
      }),
    ).toEqual({ dynamodb: 'http://127.0.0.1:8000', secretsmanager: 'https://localhost:4566' });
  });

  it('must be URLs', () => {
    expect(() => endpointsOfEnvironment({ AWS_ENDPOINT_URL_SNS: 'localhost:4566' })).toThrow(
      'AWS_ENDPOINT_URL_SNS is not a URL such as http://127.0.0.1:8000',
    );
  });
});
