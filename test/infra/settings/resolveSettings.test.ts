import { Duration } from 'aws-cdk-lib/core';
import { describe, expect, it } from 'vitest';
import { askMavePerformer } from '../../../functions/mavera/actions/askMavePerformer.ts';
import { runFocusGroupPerformer } from '../../../functions/mavera/actions/runFocusGroupPerformer.ts';
import { resolveSettings } from '../../../infra/settings/resolveSettings.ts';
import { SettingsError } from '../../../infra/settings/settingsError.ts';
import { describeSetting, settingNames } from '../../../infra/settings/settingsSchema.ts';

const defaults = {
  triggersFile: 'triggers.ts',
  environmentName: '',
  maveraRequestsPerMinute: 60,
  maveraBaseUrl: 'https://app.mavera.io/api/v1',
  maveraTimeout: Duration.seconds(150),
  runnerConcurrency: 23,
  budgetCredits: 0,
  budgetPeriod: 'month',
  overcommitBudgets: false,
  segmentTrackingUrl: 'https://api.segment.io/v1',
  segmentProfileRequestsPerSecond: 20,
  segmentProfilesUrl: 'https://profiles.segment.com',
  segmentApiUrl: 'https://api.segmentapis.com',
  segopsBaseUrl: 'https://api.segops.ai/api',
  segopsRequestsPerMinute: 60,
  sendgridBaseUrl: 'https://api.sendgrid.com',
  sendgridUserIdArgument: 'user_id',
  dedupeWindow: Duration.days(7),
  runDeadline: Duration.days(4),
  pullDeadline: Duration.hours(24),
  runRetention: Duration.days(30),
  maxAttempts: 8,
  maxBodyBytes: 5_242_880,
  allowFirstEventSignature: false,
  acceptReplays: false,
  honourDeletes: false,
  endpoint: 'function-url',
  httpApiRateLimit: 200,
  httpApiBurstLimit: 400,
  receiverMemoryMb: 1_769,
  runnerMemoryMb: 256,
  pullerMemoryMb: 512,
  gradualReleases: true,
  monitoring: true,
  runbookUrl: 'docs/runbook.md',
  logRetention: 30,
  removalPolicy: 'retain',
  runnerTimeout: Duration.seconds(170),
  runQueueVisibilityTimeout: Duration.seconds(1_020),
};

/** Settings with durations in milliseconds, so that they can be compared. */
function plain(settings: object): Record<string, unknown> {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value instanceof Duration ? value.toMilliseconds() : value]),
  );
}

/** The error message for these values. */
function refusal(context: Record<string, unknown>): string {
  try {
    resolveSettings(context);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as SettingsError).message;
  }
  throw new Error(`${JSON.stringify(context)} was accepted`);
}

describe('settings', () => {
  it('each have a default, unless they are optional', () => {
    expect(plain(resolveSettings({}))).toEqual(plain(defaults));
  });

  it('are described in sentences', () => {
    const without = settingNames.filter((name) => !/^[A-Z].+\.$/.test(describeSetting(name).meaning));
    expect(without).toEqual([]);
  });

  it.each([
    ['runnerConcurrency', '2', 2],
    ['runnerConcurrency', 1_000, 1_000],
    ['budgetCredits', '0', 0],
    ['budgetCredits', 1_000_000_000, 1_000_000_000],
    ['budgetPeriod', 'day', 'day'],
    ['segmentTrackingUrl', 'https://events.eu1.segmentapis.com/v1/', 'https://events.eu1.segmentapis.com/v1'],
    ['segmentTrackingUrl', 'http://127.0.0.1:4020/v1', 'http://127.0.0.1:4020/v1'],
    ['segmentProfileSpace', 'spa_1-a', 'spa_1-a'],
    ['segmentProfileRequestsPerSecond', '100', 100],
    ['segopsRequestsPerMinute', 600, 600],
    ['segopsBaseUrl', 'https://segops.example.com/api/', 'https://segops.example.com/api'],
    ['sendgridUserIdArgument', 'customer-id', 'customer-id'],
    ['dedupeWindow', '4.5h', Duration.minutes(270)],
    ['dedupeWindow', Duration.days(5), Duration.days(5)],
    ['alarmWhenNoEventsFor', '12h', Duration.hours(12)],
    ['routes', 'default,audiences', ['default', 'audiences']],
    ['routes', 'default,sendgrid/eu', ['default', 'sendgrid/eu']],
    ['routes', ['*'], ['*']],
    ['domainName', undefined, undefined],
    ['acceptReplays', 'true', true],
    ['honourDeletes', 'true', true],
    ['allowFirstEventSignature', false, false],
    ['logRetention', '365', 365],
    ['removalPolicy', 'destroy', 'destroy'],
    ['environmentName', 'eu-staging-2', 'eu-staging-2'],
    ['maveraBaseUrl', 'https://mavera.example.com/api/', 'https://mavera.example.com/api'],
    ['maveraBaseUrl', 'http://127.0.0.1:8080/api/v1', 'http://127.0.0.1:8080/api/v1'],
    ['maveraBaseUrl', 'http://localhost:8080', 'http://localhost:8080'],
    ['maveraBaseUrl', 'http://[::1]:8080', 'http://[::1]:8080'],
  ])('accept %s = %o, as a prop, `-c` or cdk.json gives it', (key, value, expected) => {
    expect(plain(resolveSettings({ [key]: value }))).toEqual(plain({ ...defaults, [key]: expected }));
  });

  it.each([
    ['runnerConcurrency', '1', 'Setting runnerConcurrency is "1"; give a whole number from 2 to 1000.'],
    ['runnerConcurrency', '1001', 'Setting runnerConcurrency is "1001"; give a whole number from 2 to 1000.'],
    ['runnerConcurrency', 2.5, 'Setting runnerConcurrency is 2.5; give a whole number from 2 to 1000.'],
    ['runnerConcurrency', '', 'Setting runnerConcurrency is ""; give a whole number from 2 to 1000.'],
    ['runnerConcurrency', null, 'Setting runnerConcurrency is null; give a whole number from 2 to 1000.'],
    ['budgetCredits', '-1', 'Setting budgetCredits is "-1"; give a whole number from 0 to 1000000000.'],
    [
      'budgetCredits',
      'unlimited',
      'Setting budgetCredits is "unlimited"; give a whole number from 0 to 1000000000.',
    ],
    [
      'segmentProfileSpace',
      'spaces/spa_1',
      'Setting segmentProfileSpace is "spaces/spa_1"; give the id of a space, such as spa_1.',
    ],
    [
      'segmentProfileRequestsPerSecond',
      '101',
      'Setting segmentProfileRequestsPerSecond is "101"; give a whole number from 1 to 100.',
    ],
    [
      'sendgridUserIdArgument',
      'user id',
      'Setting sendgridUserIdArgument is "user id"; give the name of a custom argument, without spaces.',
    ],
    ['budgetPeriod', 'week', 'Setting budgetPeriod is "week"; give day or month.'],
    ['maxAttempts', '0x10', 'Setting maxAttempts is "0x10"; give a whole number from 1 to 100.'],
    ['maxAttempts', true, 'Setting maxAttempts is true; give a whole number from 1 to 100.'],
    ['acceptReplays', 'yes', 'Setting acceptReplays is "yes"; give true or false.'],
    ['removalPolicy', 'keep', 'Setting removalPolicy is "keep"; give retain or destroy.'],
    ['triggersFile', '', 'Setting triggersFile is ""; give the path of a file.'],
    ['maveraTimeout', '291s', 'Setting maveraTimeout is "291s"; give a duration from 1s to 290s.'],
    ['maveraTimeout', '150', 'Setting maveraTimeout is "150"; give a duration from 1s to 290s.'],
    ['maveraTimeout', '1.5s', 'Setting maveraTimeout is "1.5s"; give a duration from 1s to 290s.'],
    [
      'dedupeWindow',
      Duration.minutes(5),
      'Setting dedupeWindow is 5 minutes; give a duration from 4.5h to 365d.',
    ],
    ['dedupeWindow', 7, 'Setting dedupeWindow is 7; give a duration from 4.5h to 365d.'],
    // Segment's last try comes 4 hours after the first, and takes a while to arrive.
    ['dedupeWindow', '269m', 'Setting dedupeWindow is "269m"; give a duration from 4.5h to 365d.'],
    [
      'alarmWhenNoEventsFor',
      '90m',
      'Setting alarmWhenNoEventsFor is "90m"; give whole hours from 1h to 24h.',
    ],
    ['maveraTier', 'gold', 'Setting maveraTier is "gold"; give starter, basic, professional or enterprise.'],
    ['endpoint', 'rest-api', 'Setting endpoint is "rest-api"; give function-url or http-api.'],
    [
      'routes',
      'default,*',
      'Setting routes is "default,*"; give names of routes joined by commas, such as default,audiences or sendgrid/eu, or * for all.',
    ],
    [
      'domainName',
      'https://events.example.com',
      'Setting domainName is "https://events.example.com"; give a domain name, such as events.example.com.',
    ],
  ])('refuse %s = %o, and say what is accepted', (key, value, message) => {
    expect(refusal({ [key]: value })).toBe(message);
  });

  it.each(['Staging', 'a_b', '-a', 'a-', 'x'.repeat(33)])(
    'refuse the environmentName %o',
    (environmentName) => {
      expect(refusal({ environmentName })).toContain('give up to 32 lower-case letters, digits and hyphens');
    },
  );

  it.each([
    'http://app.mavera.io/api/v1',
    'http://localhost.example.com',
    'ftp://localhost',
    'app.mavera.io',
    'https://app.mavera.io/?key=1',
    'https://app.mavera.io/#v1',
  ])('refuse the URL %o, of Mavera or of Segment', (url) => {
    for (const key of ['maveraBaseUrl', 'segmentTrackingUrl']) {
      expect(refusal({ [key]: url })).toBe(
        `Setting ${key} is "${url}"; give an https:// URL without credentials, query or fragment (http:// only for a loopback host).`,
      );
    }
  });

  it('are not repeated in an error if they hold a password', () => {
    for (const url of [
      'https://user:hunter2@app.mavera.io',
      'https://user:a@hunter2@x',
      'https:user:hunter2@x',
    ]) {
      expect(refusal({ maveraBaseUrl: url })).not.toContain('hunter2');
    }
  });

  it('refuse a log retention that CloudWatch does not have, and list those it has', () => {
    expect(refusal({ logRetention: '31' })).toMatch(/is "31"; give .*: 1, 3, 5, 7, 14, 30, 60, .*3653\.$/);
  });

  it('name every wrong setting in one line', () => {
    expect(refusal({ maxAttempts: 'many', acceptReplays: 'no' })).toBe(
      'Setting maxAttempts is "many"; give a whole number from 1 to 100. Setting acceptReplays is "no"; give true or false.',
    );
  });
});

describe('settings that depend on others', () => {
  it.each([
    ['starter', 60, 500, 500, 23],
    ['basic', 120, 2_000, 2_000, 30],
    ['professional', 240, 5_000, 5_000, 44],
    ['enterprise', 600, undefined, 0, 86],
  ])(
    'take the limits of the tier %s, and enough runners for them',
    (maveraTier, requests, monthly, budget, runners) => {
      expect(resolveSettings({ maveraTier })).toMatchObject({
        maveraRequestsPerMinute: requests,
        maveraMonthlyCredits: monthly,
        budgetCredits: budget,
        runnerConcurrency: runners,
      });
    },
  );

  it('make no more runners than a mapping of Lambda accepts', () => {
    expect(resolveSettings({ maveraRequestsPerMinute: 100_000 }).runnerConcurrency).toBe(1_000);
  });

  it('have a runner for each call that a concurrency cap of Mavera allows', () => {
    const caps = [askMavePerformer, runFocusGroupPerformer].map(({ cap }) => cap ?? 0);
    const capped = caps.reduce((sum, cap) => sum + cap, 0);
    expect(capped).toBe(15);
    expect(resolveSettings({ maveraRequestsPerMinute: 1 }).runnerConcurrency).toBeGreaterThan(capped);
  });

  it('keep an explicit value where there is one', () => {
    const settings = { maveraTier: 'basic', maveraRequestsPerMinute: 30, budgetCredits: 0 };
    expect(resolveSettings(settings)).toMatchObject({ maveraRequestsPerMinute: 30, budgetCredits: 0 });
  });

  it("do not make a month's credits the budget of a day", () => {
    expect(resolveSettings({ maveraTier: 'basic', budgetPeriod: 'day' }).budgetCredits).toBe(0);
  });

  it("include the runner's timeout, and a visibility timeout of six times that", () => {
    const { runnerTimeout, runQueueVisibilityTimeout } = resolveSettings({ maveraTimeout: '30s' });
    expect(runnerTimeout.toSeconds()).toBe(50);
    expect(runQueueVisibilityTimeout.toSeconds()).toBe(300);
  });
});

describe('settings that contradict each other', () => {
  it.each([
    [
      { runQueueVisibilityTimeout: '16m' },
      'Setting runQueueVisibilityTimeout is 16 minutes; give at least 17 minutes, six times the runner',
    ],
    [
      { runRetention: '3d', dedupeWindow: '2d' },
      'Setting runRetention is 3 days; give at least runDeadline (4 days)',
    ],
    [{ runRetention: '6d' }, 'Setting runRetention is 6 days; give at least dedupeWindow (7 days)'],
    [
      { maveraTier: 'starter', maveraRequestsPerMinute: 61 },
      'Setting maveraRequestsPerMinute is 61, but Mavera allows the tier starter only 60: lower it, or correct maveraTier.',
    ],
    [
      { maveraTier: 'starter', budgetCredits: 501 },
      "Setting budgetCredits is 501 a month, more than the plan's 500 a month: lower it",
    ],
    [
      { domainName: 'events.example.com' },
      'Setting domainName is events.example.com, but a Function URL cannot have a domain: give endpoint=http-api',
    ],
    [{ monitoring: false }, 'Setting gradualReleases is true and monitoring is false'],
    [
      { monitoring: false, gradualReleases: false, alarmWhenNoEventsFor: '2h' },
      'Setting alarmWhenNoEventsFor is given, but monitoring is false',
    ],
  ])('stop the deployment: %o', (given, sentence) => {
    expect(refusal(given)).toContain(sentence);
  });

  it('stop the deployment with every reason at once', () => {
    expect(refusal({ runRetention: '1d', monitoring: false })).toMatch(/runRetention.*monitoring/);
  });

  it.each([
    { runQueueVisibilityTimeout: '17m' },
    { runRetention: '7d' },
    { maveraTier: 'starter', maveraRequestsPerMinute: 60, budgetCredits: 500 },
    { monitoring: false, gradualReleases: false },
    { domainName: 'events.example.com', endpoint: 'http-api' },
  ])('are not found where there are none: %o', (given) => {
    expect(() => resolveSettings(given)).not.toThrow();
  });
});
