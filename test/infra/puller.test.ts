import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Stack } from 'aws-cdk-lib/core';
import { describe, expect, it, vi } from 'vitest';
import { MaveraTriggers } from '../../infra/constructs/MaveraTriggers.ts';
import { environmentOf, permissionsOf, resource, type Statement } from './templateReader.ts';
import { fileWith } from './temporaryDirectory.ts';
import { testStack, testTemplate } from './testStack.ts';

const imports = `
  import { askMave, defineTriggers, idsFrom, segmentAudiences, segmentProfile, segmentProfiles, segopsSegments, sendgridStats,
    trigger } from 'mavera-triggers';
  const run = askMave(() => ({ message: 'Why?' }));
  const when = 'type = "track"';`;

function triggersFile(...triggers: readonly string[]): string {
  const file = fileWith(`${imports}\nexport default defineTriggers([${triggers.join(',\n')}]);`);
  writeFileSync(join(dirname(file), 'ids.csv'), 'id\nu1\n');
  return file;
}

function templateWith(...triggers: readonly string[]): Template {
  return testTemplate({ triggersFile: triggersFile(...triggers) });
}

const audiences = `trigger({ name: 'audience-persona', from: segmentAudiences({ space: 'spa_1' }), every: '7d' }, run)`;
const stats = `trigger({ name: 'stats', from: sendgridStats({ by: ['device'] }), every: '10d' }, run)`;
const weekly = `trigger(
  { name: 'weekly', from: sendgridStats({ by: ['geo'] }), every: { cron: '0 9 ? * MON *', timeZone: 'Europe/Berlin' } }, run)`;
const fromFile = `trigger({ name: 'people', every: '1d',
  from: segmentProfiles({ space: 'spa_1', of: idsFrom('./ids.csv'), traits: ['ltv'] }) }, run)`;
const fromS3 = `trigger({ name: 'people-s3', every: '1d',
  from: segmentProfiles({ space: 'spa_1', of: idsFrom('s3://my-bucket/a/ids.csv'), traits: ['ltv'] }) }, run)`;
const catching = `{ name: 'recomputed', source: 'segops', when: 'event = "Segment Recomputed"', run,
  catchUp: { from: segopsSegments({ tenant: 'acme' }), every: '30m' } }`;
const site = `{ name: 'site', when, run }`;
const vip = `trigger({ name: 'vip', when, with: { profile: segmentProfile({ traits: ['ltv'], space: 'spa_1' }) } }, run)`;

/** The ids of all resources that have to do with pulls. */
function pullIds(template: Template): readonly string[] {
  return Object.keys(template.toJSON().Resources)
    .filter((id) => /^Pull/.test(id))
    .map((id) => id.replace(/[0-9A-F]{8}$/, ''));
}

function secretsOf(template: Template, name: string): readonly string[] {
  return Object.keys(permissionsOf(template, name)).filter((sid) => sid.endsWith('Secret'));
}

describe('a stack without a pull', () => {
  it('has no puller, no queue, no schedule and no output for it', () => {
    const template = templateWith(site);
    expect(pullIds(template)).toEqual([]);
    template.resourceCountIs('AWS::Scheduler::Schedule', 0);
    expect(Object.keys(template.findOutputs('*')).filter((name) => name.startsWith('Pull'))).toEqual([]);
  });
});

describe('the puller', () => {
  const template = templateWith(audiences);
  const fn = resource(template, 'AWS::Lambda::Function', 'Puller');
  const queue = resource(template, 'AWS::SQS::Queue', 'PullQueue');
  const failed = resource(template, 'AWS::SQS::Queue', 'PullDeadLetterQueue');

  it('comes with its queues, a role that starts pulls, a group of schedules, and a schedule for each pull', () => {
    expect(pullIds(template).filter((id) => !/CurrentVersion|QueuePolicy/.test(id))).toEqual([
      'PullDeadLetterQueue',
      'PullQueue',
      'PullerLogs',
      'PullerRole',
      'PullerFunction',
      'PullerLive',
      'PullerTracing',
      'PullerPullQueueMapping',
      'PullScheduleGroup',
      'PullStarterRole',
      'PullScheduleAudiencePersona',
    ]);
  });

  it('also catches up with a source', () => {
    const caught = templateWith(catching);
    expect(pullIds(caught)).toContain('PullScheduleRecomputed');
    expect(environmentOf(caught, 'PullerFunction').SEGOPS_API_SECRET_ARN).toBe('SegOpsApiSecret');
  });

  it('has a quarter of an hour, the memory of the setting, and may start itself any number of times', () => {
    expect(fn.Properties).toMatchObject({ Timeout: 900, MemorySize: 512, RecursiveLoop: 'Allow' });
    const larger = testTemplate({ triggersFile: triggersFile(audiences), pullerMemoryMb: '1024' });
    expect(resource(larger, 'AWS::Lambda::Function', 'Puller').Properties.MemorySize).toBe(1_024);
  });

  it('has the environment variables that it reads', () => {
    expect(environmentOf(template, 'PullerFunction')).toEqual({
      LEDGER_TABLE_NAME: 'LedgerTable',
      RUN_QUEUE_URL: 'RunQueueRuns',
      BULK_QUEUE_URL: 'BulkQueue',
      PULL_QUEUE_URL: 'PullQueue',
      PULL_MAX_RECEIVES: '8',
      PULL_DEADLINE_SECONDS: '86400',
      RUN_DEADLINE_SECONDS: '345600',
      RESULTS_TOPIC_ARN: 'ResultsTopic',
      SERVICE_NAME: 'mavera-triggers',
      METRICS_NAMESPACE: 'MaveraTriggers',
      SEGMENT_API_URL: 'https://api.segmentapis.com',
      SEGMENT_API_SECRET_ARN: 'SegmentApiSecret',
    });
    const set = testTemplate({
      triggersFile: triggersFile(stats),
      pullDeadline: '6h',
      sendgridBaseUrl: 'https://api.eu.sendgrid.com',
    });
    expect(environmentOf(set, 'PullerFunction')).toMatchObject({
      PULL_DEADLINE_SECONDS: '21600',
      SENDGRID_BASE_URL: 'https://api.eu.sendgrid.com',
    });
  });

  it('has exactly the permissions that it needs', () => {
    expect(permissionsOf(template, 'Puller')).toEqual({
      ReadSegmentApiSecret: { actions: ['secretsmanager:GetSecretValue'], resource: 'SegmentApiSecret' },
      KeepPulls: {
        actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
        resource: 'LedgerTable.Arn',
      },
      QueueRuns: { actions: ['sqs:SendMessage'], resource: 'BulkQueue.Arn' },
      TakeSteps: {
        actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage', 'sqs:SendMessage'],
        resource: 'PullQueue.Arn',
      },
      PublishEnds: { actions: ['sns:Publish'], resource: 'ResultsTopic' },
      WriteLogs: { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resource: 'PullerLogs.Arn' },
      WriteTraces: { actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], resource: '*' },
    } satisfies Record<string, Statement>);
  });

  it('takes its messages one by one, five at once', () => {
    expect(resource(template, 'AWS::Lambda::EventSourceMapping', 'Puller').Properties).toMatchObject({
      BatchSize: 1,
      EventSourceArn: { 'Fn::GetAtt': [queue.id, 'Arn'] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 5 },
    });
  });

  it('has a queue that hides a step for longer than the puller may work, and sets aside what fails eight times', () => {
    expect(queue.Properties).toMatchObject({
      VisibilityTimeout: 960,
      MessageRetentionPeriod: 1_209_600,
      RedrivePolicy: {
        maxReceiveCount: 8,
        deadLetterTargetArn: { 'Fn::GetAtt': [failed.id, 'Arn'] },
      },
    });
    expect(failed.Properties).toMatchObject({ MessageRetentionPeriod: 1_209_600 });
    expect(failed.Properties).not.toHaveProperty('RedrivePolicy');
  });

  it.each([
    ['retain', 'RetainExceptOnCreate'],
    ['destroy', 'Delete'],
  ])('has queues that stay with the other data (%s)', (removalPolicy, deletion) => {
    const made = testTemplate({ triggersFile: triggersFile(audiences), removalPolicy });
    for (const id of ['PullQueue', 'PullDeadLetterQueue']) {
      expect(resource(made, 'AWS::SQS::Queue', id).DeletionPolicy).toBe(deletion);
    }
  });

  it('is released after runner and dispatcher, before the receiver and its schedules', () => {
    const dependsOn = (id: string, type: string): string =>
      JSON.stringify(
        (resource(template, type, id) as unknown as { DependsOn?: readonly string[] }).DependsOn,
      );
    const aliasOf = (name: string): string => resource(template, 'AWS::Lambda::Alias', name).id;
    expect(dependsOn('PullerLive', 'AWS::Lambda::Alias')).toContain(aliasOf('Dispatcher'));
    expect(dependsOn('DispatcherLive', 'AWS::Lambda::Alias')).toContain(aliasOf('Runner'));
    expect(dependsOn('ReceiverLive', 'AWS::Lambda::Alias')).toContain(aliasOf('Puller'));
    expect(dependsOn('PullScheduleAudiencePersona', 'AWS::Scheduler::Schedule')).toContain(aliasOf('Puller'));
  });

  it('moves to a new version at once, because a pull that is at work must not go back to the old one', () => {
    const groups = Object.keys(template.findResources('AWS::CodeDeploy::DeploymentGroup'));
    expect(groups.map((id) => id.replace(/ReleaseGroup.*/, ''))).toEqual([
      'Runner',
      'Dispatcher',
      'Receiver',
    ]);
  });

  it('is in the outputs', () => {
    const outputs = Object.fromEntries(
      Object.entries(templateWith(audiences, stats, weekly).findOutputs('*')).map(([name, { Value }]) => [
        name,
        Value,
      ]),
    );
    expect(outputs).toMatchObject({
      PullQueueUrl: { Ref: queue.id },
      PullDeadLetterQueueUrl: { Ref: failed.id },
      PullerFunctionName: { Ref: fn.id },
      PullerLogGroupName: { Ref: expect.stringMatching(/^PullerLogs/) },
    });
    expect(JSON.parse(outputs.Pulls)).toEqual({
      'audience-persona': expect.stringMatching(/^cron\(\d+ \d+ \? \* [A-Z]{3} \*\) UTC$/),
      stats: expect.stringMatching(/^cron\(\d+ \d+ \* \* \? \*\) UTC, every 10d$/),
      weekly: 'cron(0 9 ? * MON *) Europe/Berlin',
    });
  });
});

describe('code that was bundled elsewhere', () => {
  it('needs a puller if a trigger pulls, and none otherwise', () => {
    const code = { receiver: 'functions', runner: 'functions', dispatcher: 'functions' };
    const make = (trigger: string) => () =>
      new MaveraTriggers(new Stack(), 'Mavera', { triggersFile: triggersFile(trigger), code });
    expect(make(site)).not.toThrow();
    expect(make(audiences)).toThrow(
      'The prop `code` has no puller, and a trigger pulls: give its directory, or leave `code` out.',
    );
  });
});

describe('the secrets of the systems that pulls read', () => {
  it.each([
    ['audiences', audiences, ['SegmentApi']],
    ['statistics', stats, ['SendGridApi']],
    ['profiles', fromFile, ['SegmentProfiles']],
    ['what SegOps has computed', catching, ['SegOpsApi']],
  ])('are read by the puller alone: %s', (_, trigger, ids) => {
    const template = templateWith(trigger);
    expect(secretsOf(template, 'Puller')).toEqual(ids.map((id) => `Read${id}Secret`));
    expect(secretsOf(template, 'Runner')).toEqual(['ReadMaveraSecret']);
    const outputs = Object.keys(template.findOutputs('*'));
    expect(outputs).toEqual(expect.arrayContaining(ids.map((id) => `${id}SecretArn`)));
  });

  it("are not given to the puller where only runs need them, nor Mavera's", () => {
    const template = templateWith(audiences, vip);
    expect(secretsOf(template, 'Puller')).toEqual(['ReadSegmentApiSecret']);
    expect(secretsOf(template, 'Runner')).toEqual(['ReadMaveraSecret', 'ReadSegmentProfilesSecret']);
    expect(environmentOf(template, 'RunnerFunction')).not.toHaveProperty('SEGMENT_API_SECRET_ARN');
    expect(environmentOf(template, 'PullerFunction')).not.toHaveProperty('SEGMENT_PROFILES_SECRET_ARN');
    expect(environmentOf(template, 'PullerFunction')).not.toHaveProperty('MAVERA_SECRET_ARN');
  });

  it('are one secret where both need it', () => {
    const template = templateWith(fromFile, vip);
    expect(secretsOf(template, 'Puller')).toEqual(['ReadSegmentProfilesSecret']);
    expect(secretsOf(template, 'Runner')).toContain('ReadSegmentProfilesSecret');
    template.resourcePropertiesCountIs(
      'AWS::SecretsManager::Secret',
      Match.objectLike({ Name: 'mavera-triggers/segment-profiles' }),
      1,
    );
  });

  it('have a description that says what to fill in: SendGrid', () => {
    const { Properties } = resource(templateWith(stats), 'AWS::SecretsManager::Secret', 'SendGridApi');
    expect(Properties).toEqual({
      Name: 'mavera-triggers/sendgrid-api',
      Description: expect.stringContaining('{"apiKey": "SG.…"}'),
    });
  });
});

describe('the files of pulls', () => {
  it('are read by the puller from S3 by the one name that the pull has', () => {
    const permissions = permissionsOf(templateWith(fromS3), 'Puller');
    expect(permissions.ReadFile1?.actions).toEqual(['s3:GetObject']);
    expect(permissions.ReadFile1?.resource).toContain(':s3:::my-bucket/a/ids.csv');
    expect(JSON.stringify(permissions)).not.toContain('ReadFile2');
  });

  it('need no right where they are shipped with the function', () => {
    expect(JSON.stringify(permissionsOf(templateWith(fromFile), 'Puller'))).not.toContain('s3:');
  });
});

describe('the schedules of pulls', () => {
  const template = templateWith(audiences, stats, weekly);

  it('send the message that starts an occurrence, and set aside what cannot be sent', () => {
    const schedule = resource(template, 'AWS::Scheduler::Schedule', 'PullScheduleAudiencePersona');
    const { Target } = schedule.Properties as { Target: Record<string, unknown> };
    expect(Target).toMatchObject({
      Arn: { 'Fn::GetAtt': [expect.stringMatching(/^PullQueue/), 'Arn'] },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^PullDeadLetterQueue/), 'Arn'] } },
      RetryPolicy: { MaximumEventAgeInSeconds: 3_600, MaximumRetryAttempts: 185 },
      RoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^PullStarterRole/), 'Arn'] },
    });
    expect(JSON.parse(String(Target.Input))).toEqual({
      version: 1,
      kind: 'start',
      trigger: 'audience-persona',
      occurrence: '<aws.scheduler.scheduled-time>',
    });
  });

  it('are in a group of their own, which has an alarm and goes with the stack', () => {
    const groups = Object.entries(template.findResources('AWS::Scheduler::ScheduleGroup'));
    const [[id, group]] = groups as [[string, { Properties: { Name: string } }]];
    expect(groups).toMatchObject([
      [expect.stringMatching(/^PullScheduleGroup/), { DeletionPolicy: 'Delete' }],
    ]);
    for (const schedule of Object.values(template.findResources('AWS::Scheduler::Schedule'))) {
      expect(schedule.Properties.GroupName).toBe(group.Properties.Name);
      // The name alone is not a reference: CloudFormation would make both at the same time.
      expect(schedule.DependsOn).toContain(id);
    }
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'InvocationsFailedToBeSentToDeadLetterCount',
      Dimensions: [{ Name: 'ScheduleGroup', Value: group.Properties.Name }],
    });
  });

  it('have the time zone of the calendar', () => {
    expect(resource(template, 'AWS::Scheduler::Schedule', 'PullScheduleWeekly').Properties).toMatchObject({
      ScheduleExpression: 'cron(0 9 ? * MON *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
    });
  });

  it('act as a role that only schedules of this group assume, and that may send to the two queues', () => {
    const { Properties } = resource(template, 'AWS::IAM::Role', 'PullStarter');
    expect(JSON.stringify(Properties.AssumeRolePolicyDocument)).toMatch(
      /aws:SourceAccount.*aws:SourceArn.*PullScheduleGroup/,
    );
    expect(Properties.Policies).toEqual([
      {
        PolicyName: 'Start',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: ['PullQueue', 'PullDeadLetterQueue'].map((id) => ({
            Sid: expect.any(String),
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Resource: { 'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${id}`)), 'Arn'] },
          })),
        },
      },
    ]);
    const policies = Object.values(template.findResources('AWS::IAM::Policy'));
    expect(JSON.stringify(policies)).not.toContain('PullStarter');
  });

  it('are the same in a template that is made at another time, so that no deployment starts or delays a pull', () => {
    const file = triggersFile(audiences, stats, weekly, catching, fromS3);
    const at = (time: string): unknown => {
      vi.useFakeTimers({ now: Date.parse(time), toFake: ['Date'] });
      try {
        return Template.fromStack(testStack({ triggersFile: file }).stack).findResources(
          'AWS::Scheduler::Schedule',
        );
      } finally {
        vi.useRealTimers();
      }
    };
    const first = at('2026-11-29T15:00:00Z');
    expect(Object.keys(first as object)).toHaveLength(5);
    expect(at('2027-02-28T23:59:59Z')).toEqual(first);
    expect(JSON.stringify(first)).not.toMatch(/StartDate|rate\(/);
  });

  it('are of their own for names that differ in hyphens alone', () => {
    const named = (name: string): string => audiences.replace('audience-persona', name);
    const made = templateWith(...['a-1', 'a1', 'a--b', 'a-b', 'ab', 'role', 'queue'].map(named));
    made.resourceCountIs('AWS::Scheduler::Schedule', 7);
  });
});

describe('a key of your own', () => {
  it('encrypts the queues of pulls, and puller and schedules may use it', () => {
    const encryptionKeyArn = 'arn:aws:kms:eu-west-1:123456789012:key/0000-1111';
    const template = testTemplate({ triggersFile: triggersFile(audiences), encryptionKeyArn });
    for (const id of ['PullQueue', 'PullDeadLetterQueue']) {
      expect(resource(template, 'AWS::SQS::Queue', id).Properties.KmsMasterKeyId).toBe(encryptionKeyArn);
    }
    for (const id of ['PullerRole', 'PullStarterRole']) {
      const { Policies } = resource(template, 'AWS::IAM::Role', id).Properties;
      expect(JSON.stringify(Policies)).toContain('UseEncryptionKey');
    }
  });
});
