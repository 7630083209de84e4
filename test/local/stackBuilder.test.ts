import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { nameOfFunction } from '../../local/account/arns.ts';
import { evaluatePolicy } from '../../local/iam/policy.ts';
import { invokersOf } from '../../local/template/invokers.ts';
import { readTemplate } from '../../local/template/readTemplate.ts';
import { generatedName } from '../../local/template/resourceNames.ts';
import { type Stack, StackBuilder } from '../../local/template/stackBuilder.ts';
import {
  changed,
  type FixtureResources,
  fixtureResources,
  fixtureWithPulls,
  writeAssembly,
} from './fixtures/assembly.ts';

const directories: string[] = [];

afterEach(async () => {
  await Promise.all(directories.splice(0).map((directory) => rm(directory, { recursive: true })));
});

/** The stack of a template whose tables, queues, topics and secrets exist. */
async function stackOf(resources: FixtureResources): Promise<Stack> {
  const directory = await mkdtemp(join(tmpdir(), 'fixture-'));
  directories.push(directory);
  await writeAssembly(directory, resources);
  const builder = new StackBuilder(await readTemplate(directory), 'ABC', 'http://127.0.0.1:8787/');
  const queues = [
    'RunQueue',
    'BulkQueue',
    'ReadyQueue',
    'DispatchQueue',
    'DeadLetters',
    'PullQueue',
    'PullDeadLetters',
  ];
  for (const id of [...queues, 'Ledger', 'Results', 'SegmentSecret', 'MaveraSecret']) {
    builder.add(id, { ref: `ref-${id}`, attributes: { Arn: `arn-${id}` } });
  }
  return builder.stack();
}

describe('a stack read from its template', () => {
  it('has its functions with everything resolved', async () => {
    const { functions, urlFunctionName } = await stackOf(fixtureResources);
    const [receiver, runner] = functions;
    expect(receiver).toMatchObject({
      logicalId: 'Receiver',
      name: 'Fixture-Receiver-ABC',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:Fixture-Receiver-ABC',
      handler: 'index.handler',
      directory: join(directories[0] ?? '', 'asset.receiver'),
      timeoutSeconds: 10,
      memoryMb: 256,
      environment: {
        LEDGER_TABLE_NAME: 'ref-Ledger',
        RUN_QUEUE_URL: 'ref-RunQueue',
        BULK_QUEUE_URL: 'ref-BulkQueue',
        SEGMENT_SECRET_ARN: 'ref-SegmentSecret',
      },
      logGroupName: 'Fixture-ReceiverLogs-ABC',
      roleName: 'Fixture-ReceiverRole-ABC',
    });
    expect(runner).toMatchObject({ memoryMb: 128, logGroupName: '/aws/lambda/Fixture-Runner-ABC' });
    expect(urlFunctionName).toBe('Fixture-Receiver-ABC');
  });

  it('finds a function by its version or alias', async () => {
    const version = { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Receiver' } } };
    const live = {
      Type: 'AWS::Lambda::Alias',
      Properties: {
        Name: 'live',
        FunctionName: { Ref: 'Receiver' },
        FunctionVersion: { 'Fn::GetAtt': ['ReceiverVersion', 'Version'] },
      },
    };
    const resources = {
      ...changed('ReceiverUrl', { TargetFunctionArn: { Ref: 'ReceiverLive' } }),
      ReceiverVersion: version,
      ReceiverLive: live,
    };
    expect((await stackOf(resources)).urlFunctionName).toBe('Fixture-Receiver-ABC');
  });

  it('ignores the roles of other services, such as that of releases', async () => {
    const role = {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'codedeploy.amazonaws.com' } }] },
        ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited'],
      },
    };
    await expect(stackOf({ ...fixtureResources, Releases: role })).resolves.toBeDefined();
  });

  it('gives a function the policies in its role and those attached to it', async () => {
    const { functions } = await stackOf(fixtureResources);
    const may = (action: string, resource: string): readonly boolean[] =>
      functions.map(({ statements }) => evaluatePolicy(statements, action, resource) === 'allowed');
    // Receiver, runner, dispatcher, forgetter.
    expect(may('dynamodb:PutItem', 'arn-Ledger')).toEqual([true, true, false, false]);
    expect(may('dynamodb:Query', 'arn-Ledger')).toEqual([false, false, false, false]);
    expect(may('dynamodb:Query', 'arn-Ledger/index/Parked')).toEqual([false, false, true, false]);
    expect(may('sqs:SendMessage', 'arn-RunQueue')).toEqual([true, false, false, false]);
    expect(may('sqs:ReceiveMessage', 'arn-RunQueue')).toEqual([false, true, false, false]);
    expect(may('sqs:SendMessage', 'arn-DeadLetters')).toEqual([false, false, false, false]);
  });

  it('has its event source mappings, also several for one function', async () => {
    const { mappings } = await stackOf(fixtureResources);
    expect(mappings[0]).toEqual({
      logicalId: 'RunnerMapping',
      functionName: 'Fixture-Runner-ABC',
      queueArn: 'arn-RunQueue',
      batchSize: 10,
      maximumConcurrency: 2,
      reportsBatchItemFailures: true,
    });
    const shown = mappings.map(({ queueArn, functionName, batchSize, maximumConcurrency }) => [
      queueArn,
      nameOfFunction(functionName),
      batchSize,
      maximumConcurrency,
    ]);
    expect(shown).toEqual([
      ['arn-RunQueue', 'Fixture-Runner-ABC', 10, 2],
      ['arn-BulkQueue', 'Fixture-Runner-ABC', 10, 3],
      ['arn-ReadyQueue', 'Fixture-Runner-ABC', 1, 4],
      ['arn-DispatchQueue', 'Fixture-Dispatcher-ABC', 1, 2],
    ]);
  });

  it('has its schedules, with their minutes if they are a rate in minutes', async () => {
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function';
    expect((await stackOf(fixtureResources)).schedules).toEqual([
      {
        logicalId: 'DispatcherSchedule',
        ruleArn: 'arn:aws:events:us-east-1:000000000000:rule/Fixture-DispatcherSchedule-ABC',
        functionName: `${arn}:Fixture-Dispatcher-ABC:live`,
        everyMinutes: 1,
      },
      {
        logicalId: 'ForgetterSchedule',
        ruleArn: 'arn:aws:events:us-east-1:000000000000:rule/Fixture-ForgetterSchedule-ABC',
        functionName: `${arn}:Fixture-Forgetter-ABC`,
      },
    ]);
  });

  it.each([
    ['rate(1 minute)', 1],
    ['rate(15 minutes)', 15],
    ['rate(1 hour)', undefined],
    ['rate(7 days)', undefined],
    ['cron(0/5 * * * ? *)', undefined],
  ])('reads the minutes of a schedule: %s', async (ScheduleExpression, minutes) => {
    const { schedules } = await stackOf(changed('DispatcherSchedule', { ScheduleExpression }));
    expect(schedules[0]?.everyMinutes).toBe(minutes);
  });

  it('knows what invokes each function', async () => {
    const stack = await stackOf(fixtureResources);
    const invokers = stack.functions.map(({ name }) => invokersOf(name, stack));
    const ids = (all: readonly { readonly logicalId: string }[]): readonly string[] =>
      all.map(({ logicalId }) => logicalId);
    const shown = invokers.map((one) => [one.isBehindUrl, ids(one.mappings), ids(one.schedules)]);
    expect(shown).toEqual([
      [true, [], []],
      [false, ['RunnerMapping', 'BulkMapping', 'ReadyMapping'], []],
      [false, ['DispatcherMapping'], ['DispatcherSchedule']],
      [false, [], ['ForgetterSchedule']],
    ]);
  });

  it('has the schedules that start pulls, with their messages', async () => {
    const stack = await stackOf(fixtureWithPulls);
    const { pullSchedules } = stack;
    expect(
      pullSchedules.map(({ trigger, expression, queueArn, deadLetterQueueArn }) => [
        trigger,
        expression,
        queueArn,
        deadLetterQueueArn,
      ]),
    ).toEqual([
      ['weekly', 'cron(17 3 ? * TUE *) UTC', 'arn-PullQueue', 'arn-PullDeadLetters'],
      ['stuck', 'rate(5 days) UTC', 'arn-PullQueue', 'arn-PullDeadLetters'],
    ]);
    expect(JSON.parse(pullSchedules[0]?.message('by-hand') ?? '')).toEqual({
      version: 1,
      kind: 'start',
      trigger: 'weekly',
      occurrence: 'by-hand',
    });
    expect(evaluatePolicy(pullSchedules[0]?.statements ?? [], 'sqs:SendMessage', 'arn-PullQueue')).toBe(
      'allowed',
    );
    const [puller] = stack.functions.filter(({ logicalId }) => logicalId === 'Puller');
    expect(invokersOf(puller?.name ?? '', stack).pullSchedules).toEqual(pullSchedules);
    expect((await stackOf(fixtureResources)).pullSchedules).toEqual([]);
  });

  it('uses the names of the template', async () => {
    const { functions } = await stackOf(
      changed('Receiver', { FunctionName: { 'Fn::Sub': `\${AWS::Region}-fn` } }),
    );
    expect(functions[0]?.name).toBe('us-east-1-fn');
  });
});

describe('a generated name', () => {
  it('has CloudFormation’s form, and keeps the hash of a long logical id', () => {
    expect(generatedName('Stack', 'Queue1234ABCD', 'X1')).toBe('Stack-Queue1234ABCD-X1');
    const long = generatedName('Stack', `${'a'.repeat(60)}9343E4AA`, 'X1');
    expect(long).toMatch(/^Stack-a+9343E4AA-X1$/);
    expect(long.length).toBeLessThan(80);
  });
});

describe('a template is refused for', () => {
  const allowOn = (statement: object): FixtureResources =>
    changed('ReceiverPolicy', { PolicyDocument: { Statement: [statement] } });

  it.each([
    [
      'an unknown type of resource',
      { ...fixtureResources, Bucket: { Type: 'AWS::S3::Bucket' } },
      'Bucket: the local system does not know AWS::S3::Bucket',
    ],
    [
      'a condition on a call that is checked here',
      allowOn({ Effect: 'Allow', Action: 'sqs:*', Resource: '*', Condition: { Bool: {} } }),
      'ReceiverPolicy: the local system does not evaluate conditions (Bool) on sqs:*',
    ],
    [
      'a statement with NotAction',
      allowOn({ Effect: 'Allow', NotAction: 'sqs:*', Resource: '*' }),
      'ReceiverPolicy: PolicyDocument.Statement[0]',
    ],
    [
      'a managed policy of unknown content',
      changed('ReceiverRole', { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }),
      'ReceiverRole: the local system does not know what arn:aws:iam::aws:policy/AdministratorAccess permits',
    ],
    [
      'a permissions boundary',
      changed('ReceiverRole', { PermissionsBoundary: 'arn' }),
      'ReceiverRole: PermissionsBoundary: permissions boundaries are not evaluated',
    ],
    [
      'a mapping with a filter',
      changed('RunnerMapping', { FilterCriteria: {} }),
      'RunnerMapping: Unrecognized key: "FilterCriteria"',
    ],
    [
      'a mapping with large batches',
      changed('RunnerMapping', { BatchSize: 11 }),
      'RunnerMapping: BatchSize: batches larger than 10 are not supported',
    ],
    [
      'a rule without a schedule',
      changed('DispatcherSchedule', { ScheduleExpression: undefined, EventPattern: {} }),
      'DispatcherSchedule: ScheduleExpression: only rules with a schedule are supported',
    ],
    [
      'a schedule that EventBridge would refuse',
      changed('DispatcherSchedule', { ScheduleExpression: 'every minute' }),
      'DispatcherSchedule: ScheduleExpression: must be rate(…) or cron(…)',
    ],
    [
      'a disabled rule',
      changed('DispatcherSchedule', { State: 'DISABLED' }),
      'DispatcherSchedule: State: a disabled rule is not supported',
    ],
    [
      'a rule with an input of its own',
      changed('DispatcherSchedule', { Targets: [{ Arn: 'arn', Id: 'Target0', Input: '{}' }] }),
      'DispatcherSchedule: Targets[0]: Unrecognized key: "Input"',
    ],
    [
      'a disabled schedule of a pull',
      changed('PullScheduleWeekly', { State: 'DISABLED' }, fixtureWithPulls),
      'PullScheduleWeekly: State: a disabled schedule is not supported',
    ],
    [
      'a schedule of EventBridge Scheduler that starts no pull',
      changed(
        'PullScheduleWeekly',
        { Target: { Arn: 'arn:aws:sqs:us-east-1:1:q', Input: '{"kind":"other"}', RoleArn: 'arn' } },
        fixtureWithPulls,
      ),
      'PullScheduleWeekly: its input must be the start of a pull at <aws.scheduler.scheduled-time>, and is {"kind":"other"}',
    ],
    [
      'a function without its code',
      changed('Receiver', { Code: { S3Key: 'other.zip' } }),
      'Receiver: its code is not among the synthesized assets',
    ],
    [
      'a second Function URL',
      { ...fixtureResources, Second: { Type: 'AWS::Lambda::Url' } },
      'the template must have one Function URL, and has 2',
    ],
  ])('%s', async (_, resources, message) => {
    await expect(stackOf(resources)).rejects.toThrow(message);
  });
});
