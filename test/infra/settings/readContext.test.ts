import { describe, expect, it } from 'vitest';
import { readContext } from '../../../infra/settings/readContext.ts';

function refusal(context: Record<string, unknown>): string {
  try {
    readContext(context);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`${JSON.stringify(context)} was accepted`);
}

describe('context keys', () => {
  it.each([
    '@aws-cdk/core:target-partitions',
    'aws:cdk:enable-path-metadata',
    'aws-cdk:enableDiffNoFail',
    'availability-zones:account=123456789012:region=eu-west-1',
    'cli-telemetry',
    'acknowledged-issue-numbers',
  ])('of the CDK are ignored: %s', (key) => {
    expect(readContext({ [key]: 'anything' })).toEqual({ settings: {}, arns: {} });
  });

  it('with a typing mistake are refused with the right name', () => {
    expect(refusal({ runerConcurency: '3' })).toMatch(
      /^There is no setting runerConcurency \(did you mean runnerConcurrency\?\); the settings are triggersFile, .*, certificateArn\.$/,
    );
    expect(refusal({ MaxAttempts: '3' })).toContain('did you mean maxAttempts?');
  });

  it.each(['stage', 'constructor', 'toString'])(
    'that do not exist are refused with a list of those that do: %s',
    (key) => {
      expect(refusal({ [key]: 'x' })).toMatch(new RegExp(`^There is no setting ${key}; the settings are `));
    },
  );
});

describe('resources of the account in the context', () => {
  const alarmTopicArn = 'arn:aws:sns:eu-west-1:123456789012:alarms';

  it('are given by ARN, apart from the settings', () => {
    expect(readContext({ alarmTopicArn, maxAttempts: '3' })).toEqual({
      settings: { maxAttempts: '3' },
      arns: { alarmTopicArn },
    });
  });

  it.each(['alarms', '', 5, 'arn:aws:s3:::bucket'])(
    'are refused when %o is not an ARN of the right service',
    (value) => {
      expect(refusal({ alarmTopicArn: value })).toContain(
        `Setting alarmTopicArn is ${JSON.stringify(value)}; give an ARN`,
      );
    },
  );
});
