import { describe, expect, it } from 'vitest';
import { readSettings, SettingsError } from '../../infra/settings.ts';
import { settingsSchema } from '../../infra/settingsSchema.ts';

const defaults = {
  triggersFile: 'triggers.ts',
  maveraBaseUrl: 'https://app.mavera.io/api/v1',
  maveraRequestsPerMinute: 60,
  maveraTimeoutSeconds: 150,
  runnerConcurrency: 10,
  budgetCredits: 0,
  budgetPeriod: 'month',
  segmentTrackingUrl: 'https://api.segment.io/v1',
  claimLifetimeDays: 7,
  runDeadlineHours: 96,
  runRetentionDays: 30,
  maxAttempts: 8,
  maxBodyBytes: 5_242_880,
  routes: '',
  allowFirstEventSignature: false,
  acceptReplays: false,
  logRetentionDays: 30,
  receiverMemoryMb: 1_769,
  runnerMemoryMb: 256,
  removalPolicy: 'retain',
  environment: '',
};

/** The message that these values are refused with. */
function refusal(context: Record<string, unknown>): string {
  try {
    readSettings(context);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as SettingsError).message;
  }
  throw new Error(`${JSON.stringify(context)} was accepted`);
}

describe('settings', () => {
  it('have a default each', () => {
    expect(readSettings({})).toEqual(defaults);
  });

  it('are each described in one sentence', () => {
    for (const [key, field] of Object.entries(settingsSchema.shape)) {
      expect(field.description, key).toMatch(/^[A-Z].+\.$/);
    }
  });

  it.each([
    ['runnerConcurrency', '2', 2],
    ['runnerConcurrency', 100, 100],
    ['budgetCredits', '0', 0],
    ['budgetCredits', 1_000_000_000, 1_000_000_000],
    ['budgetPeriod', 'day', 'day'],
    ['segmentTrackingUrl', 'https://events.eu1.segmentapis.com/v1/', 'https://events.eu1.segmentapis.com/v1'],
    ['segmentTrackingUrl', 'http://127.0.0.1:4020/v1', 'http://127.0.0.1:4020/v1'],
    ['maveraTimeoutSeconds', '290', 290],
    ['routes', 'default,audiences', 'default,audiences'],
    ['acceptReplays', 'true', true],
    ['allowFirstEventSignature', false, false],
    ['logRetentionDays', '365', 365],
    ['removalPolicy', 'destroy', 'destroy'],
    ['environment', 'eu-staging-2', 'eu-staging-2'],
    ['maveraBaseUrl', 'https://mavera.example.com/api/', 'https://mavera.example.com/api'],
    ['maveraBaseUrl', 'http://127.0.0.1:8080/api/v1', 'http://127.0.0.1:8080/api/v1'],
    ['maveraBaseUrl', 'http://localhost:8080', 'http://localhost:8080'],
    ['maveraBaseUrl', 'http://[::1]:8080', 'http://[::1]:8080'],
  ])('accept %s = %o, as -c or cdk.json gives it', (key, value, expected) => {
    expect(readSettings({ [key]: value })).toEqual({ ...defaults, [key]: expected });
  });

  it.each([
    ['runnerConcurrency', '1', 'Context key runnerConcurrency is "1"; give a whole number from 2 to 100.'],
    [
      'runnerConcurrency',
      '101',
      'Context key runnerConcurrency is "101"; give a whole number from 2 to 100.',
    ],
    ['runnerConcurrency', 2.5, 'Context key runnerConcurrency is 2.5; give a whole number from 2 to 100.'],
    ['runnerConcurrency', '', 'Context key runnerConcurrency is ""; give a whole number from 2 to 100.'],
    ['runnerConcurrency', null, 'Context key runnerConcurrency is null; give a whole number from 2 to 100.'],
    ['budgetCredits', '-1', 'Context key budgetCredits is "-1"; give a whole number from 0 to 1000000000.'],
    [
      'budgetCredits',
      'unlimited',
      'Context key budgetCredits is "unlimited"; give a whole number from 0 to 1000000000.',
    ],
    ['budgetPeriod', 'week', 'Context key budgetPeriod is "week"; give day or month.'],
    ['maxAttempts', '0x10', 'Context key maxAttempts is "0x10"; give a whole number from 1 to 100.'],
    ['maxAttempts', true, 'Context key maxAttempts is true; give a whole number from 1 to 100.'],
    ['acceptReplays', 'yes', 'Context key acceptReplays is "yes"; give true or false.'],
    ['removalPolicy', 'keep', 'Context key removalPolicy is "keep"; give retain or destroy.'],
    ['triggersFile', '', 'Context key triggersFile is ""; give the path of a file.'],
  ])('refuse %s = %o', (key, value, message) => {
    expect(refusal({ [key]: value })).toBe(message);
  });

  it.each(['Staging', 'a_b', '-a', 'a-', 'x'.repeat(33)])('refuse the environment %o', (environment) => {
    expect(refusal({ environment })).toContain('give up to 32 lower-case letters, digits and hyphens');
  });

  it.each([
    'http://app.mavera.io/api/v1',
    'http://localhost.example.com',
    'ftp://localhost',
    'app.mavera.io',
    'https://app.mavera.io/?key=1',
    'https://app.mavera.io/#v1',
  ])('refuse the URL %o, be it of Mavera or of Segment', (url) => {
    for (const key of ['maveraBaseUrl', 'segmentTrackingUrl']) {
      expect(refusal({ [key]: url })).toBe(
        `Context key ${key} is "${url}"; give an https:// URL without credentials, query or fragment (http:// only for a loopback host).`,
      );
    }
  });

  it('do not repeat a password that stands in a URL', () => {
    expect(refusal({ maveraBaseUrl: 'https://user:hunter2@app.mavera.io' })).not.toContain('hunter2');
  });

  it('refuse a log retention that CloudWatch does not know, and list what it knows', () => {
    expect(refusal({ logRetentionDays: '31' })).toMatch(
      /is "31"; give .*: 1, 3, 5, 7, 14, 30, 60, .*3653\.$/,
    );
  });

  it('refuse to forget runs that may still be waiting', () => {
    expect(refusal({ runRetentionDays: 3 })).toMatch(/runRetentionDays is 3; give at least .*\(96\)/);
    expect(readSettings({ runRetentionDays: 4, claimLifetimeDays: 4 }).runRetentionDays).toBe(4);
  });

  it('refuse to forget runs sooner than their events', () => {
    expect(refusal({ runRetentionDays: 6 })).toMatch(/runRetentionDays is 6; give at least .*\(7\)/);
    expect(readSettings({ runRetentionDays: 7 }).runRetentionDays).toBe(7);
  });

  it('name every wrong key in one line', () => {
    expect(refusal({ maxAttempts: 'many', acceptReplays: 'no' })).toBe(
      'Context key maxAttempts is "many"; give a whole number from 1 to 100. Context key acceptReplays is "no"; give true or false.',
    );
  });
});

describe('context keys', () => {
  it.each([
    '@aws-cdk/core:target-partitions',
    'aws:cdk:enable-path-metadata',
    'aws-cdk:enableDiffNoFail',
    'availability-zones:account=123456789012:region=eu-west-1',
    'cli-telemetry',
    'acknowledged-issue-numbers',
  ])('of the CDK are passed over: %s', (key) => {
    expect(readSettings({ [key]: 'anything' })).toEqual(defaults);
  });

  it('with a slip of the pen are refused with the one that was meant', () => {
    expect(refusal({ runerConcurency: '3' })).toMatch(
      /^There is no context key runerConcurency \(did you mean runnerConcurrency\?\); the keys are triggersFile, .*, environment\.$/,
    );
    expect(refusal({ MaxAttempts: '3' })).toContain('did you mean maxAttempts?');
  });

  it.each(['stage', 'constructor', 'toString'])(
    'that nobody knows are refused with all that exist: %s',
    (key) => {
      expect(refusal({ [key]: 'x' })).toMatch(new RegExp(`^There is no context key ${key}; the keys are `));
    },
  );
});
