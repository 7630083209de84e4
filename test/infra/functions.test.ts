import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { environmentOf, permissionsOf, resource } from './templateReader.ts';
import { fileWith } from './temporaryDirectory.ts';
import { testTemplate } from './testStack.ts';

const template = testTemplate();
const tracing = {
  actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
  resource: '*',
};

describe.each(['Receiver', 'Runner'])('the %s function', (name) => {
  const { Properties } = resource(template, 'AWS::Lambda::Function', `${name}Function`);

  it('runs on Node.js 24 on arm64', () => {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
    });
  });

  it('has no layers and is not throttled by reserved concurrency, unless asked for', () => {
    expect(Properties).not.toHaveProperty('Layers');
    expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  it('is invoked as the version that is released', () => {
    const alias = resource(template, 'AWS::Lambda::Alias', name).Properties;
    const version = resource(template, 'AWS::Lambda::Version', name);
    expect(alias).toMatchObject({
      Name: 'live',
      FunctionName: { Ref: resource(template, 'AWS::Lambda::Function', name).id },
      FunctionVersion: { 'Fn::GetAtt': [version.id, 'Version'] },
    });
  });

  it('logs, as it prints, to a log group of its own with a retention', () => {
    const logs = resource(template, 'AWS::Logs::LogGroup', `${name}Logs`);
    expect(Properties.LoggingConfig).toEqual({ LogFormat: 'Text', LogGroup: { Ref: logs.id } });
    expect(logs.Properties.RetentionInDays).toBe(30);
  });

  it('is traced', () => {
    expect(Properties.TracingConfig).toEqual({ Mode: 'Active' });
  });

  it('has a role that only Lambda can take, without managed policies', () => {
    const role = resource(template, 'AWS::IAM::Role', `${name}Role`).Properties;
    expect(role).not.toHaveProperty('ManagedPolicyArns');
    expect(role.AssumeRolePolicyDocument).toMatchObject({
      Statement: [
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
      ],
    });
  });
});

describe('the receiver', () => {
  it('may do what it does, and nothing else', () => {
    expect(permissionsOf(template, 'Receiver')).toEqual({
      ReadSegmentSecret: { actions: ['secretsmanager:GetSecretValue'], resource: 'SegmentSecret' },
      KeepClaims: {
        actions: [
          'dynamodb:BatchGetItem',
          'dynamodb:DeleteItem',
          'dynamodb:PartiQLDelete',
          'dynamodb:PartiQLInsert',
          'dynamodb:PartiQLUpdate',
          'dynamodb:PutItem',
          'dynamodb:UpdateItem',
        ],
        resource: 'LedgerTable.Arn',
      },
      QueueRuns: { actions: ['sqs:SendMessage'], resource: 'RunQueueRuns.Arn' },
      WriteLogs: { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resource: 'ReceiverLogs.Arn' },
      WriteTraces: tracing,
    });
  });

  it('is told where things are and what to accept', () => {
    expect(environmentOf(template, 'ReceiverFunction')).toEqual({
      LEDGER_TABLE_NAME: 'LedgerTable',
      RUN_QUEUE_URL: 'RunQueueRuns',
      SERVICE_NAME: 'mavera-triggers',
      METRICS_NAMESPACE: 'MaveraTriggers',
      NODE_OPTIONS: '--max-semi-space-size=8',
      SEGMENT_SECRET_ARN: 'SegmentSecret',
      DEDUPE_WINDOW_SECONDS: '604800',
      RUN_DEADLINE_SECONDS: '345600',
      MAX_BODY_BYTES: '5242880',
      ROUTES: 'default',
      ALLOW_FIRST_EVENT_SIGNATURE: 'false',
      ACCEPT_REPLAYS: 'false',
    });
  });

  it('is open to the world at its URL, and without CORS', () => {
    const { Properties } = resource(template, 'AWS::Lambda::Url');
    expect(Properties).toMatchObject({ AuthType: 'NONE', InvokeMode: 'BUFFERED' });
    expect(Properties).not.toHaveProperty('Cors');
  });

  it('can be invoked by the world through that URL only', () => {
    const permissions = Object.values(template.findResources('AWS::Lambda::Permission'));
    expect(permissions.map(({ Properties: { FunctionName, ...rest } }) => rest)).toEqual([
      { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE', Principal: '*' },
      { Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true, Principal: '*' },
    ]);
  });

  it('lets in the routes that triggers name, and "default", unless told otherwise', () => {
    const triggersFile = fileWith(`import { askMave, defineTriggers } from 'mavera-triggers';
      const run = askMave(() => ({ message: 'Why?' }));
      export default defineTriggers([
        { name: 'a', when: 'type = "track"', route: ['eu', 'audiences'], run },
        { name: 'b', when: 'type = "page"', run },
      ]);`);
    const routesOf = (context: object): string | undefined =>
      environmentOf(testTemplate({ triggersFile, ...context }), 'ReceiverFunction').ROUTES;
    expect(routesOf({})).toBe('default,eu,audiences');
    expect(routesOf({ routes: 'eu,audiences' })).toBe('eu,audiences');
    expect(routesOf({ routes: '*' })).toBe('');
  });

  it('takes no more at a time than the cost guard allows', () => {
    const guarded = testTemplate({ receiverReservedConcurrency: '20' });
    const reserved = (name: string): unknown =>
      resource(guarded, 'AWS::Lambda::Function', name).Properties.ReservedConcurrentExecutions;
    expect([reserved('Receiver'), reserved('Runner')]).toEqual([20, undefined]);
  });

  it('has 10 seconds and the memory that is asked for', () => {
    const custom = resource(testTemplate({ receiverMemoryMb: '512' }), 'AWS::Lambda::Function', 'Receiver');
    expect(custom.Properties).toMatchObject({ Timeout: 10, MemorySize: 512 });
  });
});

describe('the runner', () => {
  it('may do what it does, and nothing else', () => {
    expect(permissionsOf(template, 'Runner')).toEqual({
      ReadMaveraSecret: { actions: ['secretsmanager:GetSecretValue'], resource: 'MaveraSecret' },
      KeepRuns: {
        actions: [
          'dynamodb:BatchGetItem',
          'dynamodb:DeleteItem',
          'dynamodb:GetItem',
          'dynamodb:PutItem',
          'dynamodb:UpdateItem',
        ],
        resource: 'LedgerTable.Arn',
      },
      WorkOffRunQueue: {
        actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage', 'sqs:SendMessage'],
        resource: 'RunQueueRuns.Arn',
      },
      SetFailedRunsAside: { actions: ['sqs:SendMessage'], resource: 'RunQueueDeadLetters.Arn' },
      PublishResults: { actions: ['sns:Publish'], resource: 'ResultsTopic' },
      WriteLogs: { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resource: 'RunnerLogs.Arn' },
      WriteTraces: tracing,
    });
  });

  it('is told where things are and how to treat Mavera', () => {
    expect(environmentOf(template, 'RunnerFunction')).toEqual({
      LEDGER_TABLE_NAME: 'LedgerTable',
      RUN_QUEUE_URL: 'RunQueueRuns',
      SERVICE_NAME: 'mavera-triggers',
      METRICS_NAMESPACE: 'MaveraTriggers',
      NODE_OPTIONS: '--max-semi-space-size=8',
      DEAD_LETTER_QUEUE_URL: 'RunQueueDeadLetters',
      RESULTS_TOPIC_ARN: 'ResultsTopic',
      MAVERA_SECRET_ARN: 'MaveraSecret',
      MAVERA_BASE_URL: 'https://app.mavera.io/api/v1',
      MAVERA_REQUESTS_PER_MINUTE: '60',
      MAVERA_TIMEOUT_SECONDS: '150',
      MAX_ATTEMPTS: '8',
      BUDGET_CREDITS: '0',
      BUDGET_PERIOD: 'month',
      SEGMENT_TRACKING_URL: 'https://api.segment.io/v1',
      RUN_RETENTION_SECONDS: '2592000',
    });
  });

  it('is told what all triggers together may spend, and where Segment takes reports, as configured', () => {
    const custom = testTemplate({
      budgetCredits: '5000',
      budgetPeriod: 'day',
      segmentTrackingUrl: 'https://events.eu1.segmentapis.com/v1/',
    });
    expect(environmentOf(custom, 'RunnerFunction')).toMatchObject({
      BUDGET_CREDITS: '5000',
      BUDGET_PERIOD: 'day',
      SEGMENT_TRACKING_URL: 'https://events.eu1.segmentapis.com/v1',
    });
  });

  it('lives 20 seconds longer than it waits for Mavera', () => {
    const custom = resource(testTemplate({ maveraTimeout: '30s' }), 'AWS::Lambda::Function', 'Runner');
    expect(custom.Properties.Timeout).toBe(50);
  });

  it('may send a waiting run back to its own queue as often as it takes', () => {
    expect(resource(template, 'AWS::Lambda::Function', 'Runner').Properties.RecursiveLoop).toBe('Allow');
  });

  it('takes one run at a time off the queue, and reports the one that failed', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 1,
      EventSourceArn: { 'Fn::GetAtt': [resource(template, 'AWS::SQS::Queue', 'RunQueueRuns').id, 'Arn'] },
      FunctionName: Match.objectLike({ 'Fn::Join': ['', Match.arrayWith([':live'])] }),
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumBatchingWindowInSeconds: Match.absent(),
    });
  });

  it.each([
    ['10 runs unless told otherwise', {}, 10],
    ['as few runs as configured', { runnerConcurrency: '2' }, 2],
    ['as many runs as configured', { runnerConcurrency: '100' }, 100],
  ])('is at work on %s', (_, context, expected) => {
    const { Properties } = resource(testTemplate(context), 'AWS::Lambda::EventSourceMapping');
    expect(Properties.ScalingConfig).toEqual({ MaximumConcurrency: expected });
  });
});
