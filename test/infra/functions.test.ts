import { describe, expect, it } from 'vitest';
import { environmentOf, permissionsOf, resource } from './templateReader.ts';
import { fileWith } from './temporaryDirectory.ts';
import { testTemplate } from './testStack.ts';

const template = testTemplate();
/** What Lambda needs, under the role of the function, to poll a queue. */
const poll = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];
const tracing = {
  actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
  resource: '*',
};

describe.each(['Receiver', 'Runner', 'Dispatcher'])('the %s function', (name) => {
  const { Properties } = resource(template, 'AWS::Lambda::Function', `${name}Function`);

  it('runs on Node.js 24 on arm64', () => {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
    });
  });

  it('has no layers and no reserved concurrency by default', () => {
    expect(Properties).not.toHaveProperty('Layers');
    expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  it('has an alias `live` that points to its newest version', () => {
    const alias = resource(template, 'AWS::Lambda::Alias', name).Properties;
    const version = resource(template, 'AWS::Lambda::Version', name);
    expect(alias).toMatchObject({
      Name: 'live',
      FunctionName: { Ref: resource(template, 'AWS::Lambda::Function', name).id },
      FunctionVersion: { 'Fn::GetAtt': [version.id, 'Version'] },
    });
  });

  it('logs unchanged lines to a log group of its own, which is kept for 30 days', () => {
    const logs = resource(template, 'AWS::Logs::LogGroup', `${name}Logs`);
    expect(Properties.LoggingConfig).toEqual({ LogFormat: 'Text', LogGroup: { Ref: logs.id } });
    expect(logs.Properties.RetentionInDays).toBe(30);
  });

  it('is traced by X-Ray', () => {
    expect(Properties.TracingConfig).toEqual({ Mode: 'Active' });
  });

  it('has a role that only Lambda can assume, without managed policies', () => {
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
  it('has exactly the permissions that it needs', () => {
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
      QueueBulkRuns: { actions: ['sqs:SendMessage'], resource: 'BulkQueue.Arn' },
      WriteLogs: { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resource: 'ReceiverLogs.Arn' },
      WriteTraces: tracing,
    });
  });

  it('has the environment variables that it reads', () => {
    expect(environmentOf(template, 'ReceiverFunction')).toEqual({
      LEDGER_TABLE_NAME: 'LedgerTable',
      RUN_QUEUE_URL: 'RunQueueRuns',
      BULK_QUEUE_URL: 'BulkQueue',
      SERVICE_NAME: 'mavera-triggers',
      METRICS_NAMESPACE: 'MaveraTriggers',
      SEGMENT_SECRET_ARN: 'SegmentSecret',
      DEDUPE_WINDOW_SECONDS: '604800',
      RUN_DEADLINE_SECONDS: '345600',
      MAX_BODY_BYTES: '5242880',
      ROUTES: 'segment/default',
      ALLOW_FIRST_EVENT_SIGNATURE: 'false',
      ACCEPT_REPLAYS: 'false',
      HONOUR_DELETES: 'false',
    });
  });

  it('has a public URL, without CORS', () => {
    const { Properties } = resource(template, 'AWS::Lambda::Url');
    expect(Properties).toMatchObject({ AuthType: 'NONE', InvokeMode: 'BUFFERED' });
    expect(Properties).not.toHaveProperty('Cors');
  });

  it('can be invoked from outside only through that URL', () => {
    const { id } = resource(template, 'AWS::Lambda::Alias', 'Receiver');
    const permissions = Object.values(
      template.findResources('AWS::Lambda::Permission', { Properties: { FunctionName: { Ref: id } } }),
    );
    expect(permissions.map(({ Properties: { FunctionName, ...rest } }) => rest)).toEqual([
      { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE', Principal: '*' },
      { Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true, Principal: '*' },
    ]);
  });

  it('accepts `default` and the routes that triggers name, or those of the setting', () => {
    const triggersFile = fileWith(`import { askMave, defineTriggers } from 'mavera-triggers';
      const run = askMave(() => ({ message: 'Why?' }));
      export default defineTriggers([
        { name: 'a', when: 'type = "track"', route: ['eu', 'audiences'], run },
        { name: 'b', when: 'type = "page"', run },
        { name: 'c', source: 'sendgrid', when: 'type = "track"', route: 'news', run },
      ]);`);
    const routesOf = (context: object): string | undefined =>
      environmentOf(testTemplate({ triggersFile, ...context }), 'ReceiverFunction').ROUTES;
    expect(routesOf({})).toBe('segment/default,sendgrid/default,segment/eu,segment/audiences,sendgrid/news');
    expect(routesOf({ routes: 'eu,audiences,sendgrid/news' })).toBe('eu,audiences,sendgrid/news');
    expect(routesOf({ routes: '*' })).toBe('');
  });

  it('has the reserved concurrency of the setting, and the runner has none', () => {
    const guarded = testTemplate({ receiverReservedConcurrency: '20' });
    const reserved = (name: string): unknown =>
      resource(guarded, 'AWS::Lambda::Function', name).Properties.ReservedConcurrentExecutions;
    expect([reserved('Receiver'), reserved('Runner')]).toEqual([20, undefined]);
  });

  it('has 10 seconds, and the memory of the setting', () => {
    const custom = resource(testTemplate({ receiverMemoryMb: '512' }), 'AWS::Lambda::Function', 'Receiver');
    expect(custom.Properties).toMatchObject({ Timeout: 10, MemorySize: 512 });
  });
});

describe('the runner', () => {
  it('has exactly the permissions that it needs', () => {
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
      AdmitRuns: { actions: [...poll, 'sqs:SendMessage'], resource: 'RunQueueRuns.Arn' },
      AdmitBulkRuns: { actions: [...poll, 'sqs:SendMessage'], resource: 'BulkQueue.Arn' },
      WorkOffReadyRuns: { actions: [...poll, 'sqs:SendMessage'], resource: 'ReadyQueue.Arn' },
      SetFailedRunsAside: { actions: ['sqs:SendMessage'], resource: 'RunQueueDeadLetters.Arn' },
      PublishResults: { actions: ['sns:Publish'], resource: 'ResultsTopic' },
      WriteLogs: { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resource: 'RunnerLogs.Arn' },
      WriteTraces: tracing,
    });
  });

  it('has the environment variables that it reads', () => {
    expect(environmentOf(template, 'RunnerFunction')).toEqual({
      LEDGER_TABLE_NAME: 'LedgerTable',
      RUN_QUEUE_URL: 'RunQueueRuns',
      SERVICE_NAME: 'mavera-triggers',
      METRICS_NAMESPACE: 'MaveraTriggers',
      BULK_QUEUE_URL: 'BulkQueue',
      READY_QUEUE_URL: 'ReadyQueue',
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
      RUN_DEADLINE_SECONDS: '345600',
    });
  });

  it('gets budget and tracking URL from the settings', () => {
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

  it('has a timeout 20 seconds longer than maveraTimeout', () => {
    const custom = resource(testTemplate({ maveraTimeout: '30s' }), 'AWS::Lambda::Function', 'Runner');
    expect(custom.Properties.Timeout).toBe(50);
  });

  it('may send a waiting run back to its own queues any number of times', () => {
    expect(resource(template, 'AWS::Lambda::Function', 'Runner').Properties.RecursiveLoop).toBe('Allow');
  });

  it.each([
    ['RunQueue', 'RunQueueRuns', 10, 5],
    ['BulkQueue', 'BulkQueue', 10, 5],
    ['ReadyQueue', 'ReadyQueue', 1, 23],
  ])('receives from the %s at once, and reports a failure by message', (name, queue, batch, concurrency) => {
    const { Properties } = resource(template, 'AWS::Lambda::EventSourceMapping', `Runner${name}Mapping`);
    expect(Properties).toEqual({
      BatchSize: batch,
      EventSourceArn: { 'Fn::GetAtt': [resource(template, 'AWS::SQS::Queue', queue).id, 'Arn'] },
      FunctionName: { 'Fn::Join': ['', expect.arrayContaining([':live'])] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: concurrency },
    });
    expect(JSON.stringify(Properties.FunctionName)).toContain(
      resource(template, 'AWS::Lambda::Alias', 'Runner').id,
    );
  });

  it.each([
    ['as many as the rate limit needs by default', { maveraTier: 'enterprise' }, 86],
    ['2 with the smallest setting', { runnerConcurrency: '2' }, 2],
    ['1,000 with the largest setting', { runnerConcurrency: '1000' }, 1_000],
  ])('works on %s ready runs at the same time, and admits as many as ever', (_, context, expected) => {
    const custom = testTemplate(context);
    const concurrency = (queue: string): unknown =>
      resource(custom, 'AWS::Lambda::EventSourceMapping', `Runner${queue}`).Properties.ScalingConfig;
    expect(concurrency('ReadyQueue')).toEqual({ MaximumConcurrency: expected });
    expect(concurrency('RunQueue')).toEqual({ MaximumConcurrency: 5 });
    expect(concurrency('BulkQueue')).toEqual({ MaximumConcurrency: 5 });
  });
});
