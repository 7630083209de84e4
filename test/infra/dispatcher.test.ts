import { describe, expect, it } from 'vitest';
import { environmentOf, permissionsOf, resource } from './templateReader.ts';
import { testTemplate } from './testStack.ts';

const template = testTemplate();
const alias = resource(template, 'AWS::Lambda::Alias', 'Dispatcher');
const fn = resource(template, 'AWS::Lambda::Function', 'Dispatcher');
const queue = resource(template, 'AWS::SQS::Queue', 'DispatchQueue');

describe('the dispatcher', () => {
  it('has exactly the permissions that it needs', () => {
    const { FindParkedRuns, ...others } = permissionsOf(template, 'Dispatcher');
    expect(FindParkedRuns?.actions).toEqual(['dynamodb:Query']);
    expect(FindParkedRuns?.resource).toContain('/index/Parked');
    expect(FindParkedRuns?.resource).not.toContain('*');
    expect(others).toEqual({
      ReadMaveraSecret: { actions: ['secretsmanager:GetSecretValue'], resource: 'MaveraSecret' },
      DispatchParkedRuns: {
        actions: [
          'dynamodb:BatchGetItem',
          'dynamodb:DeleteItem',
          'dynamodb:GetItem',
          'dynamodb:PutItem',
          'dynamodb:UpdateItem',
        ],
        resource: 'LedgerTable.Arn',
      },
      SendReadyRuns: { actions: ['sqs:SendMessage'], resource: 'ReadyQueue.Arn' },
      StartItself: {
        actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage', 'sqs:SendMessage'],
        resource: 'DispatchQueue.Arn',
      },
      WriteLogs: {
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resource: 'DispatcherLogs.Arn',
      },
      WriteTraces: { actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], resource: '*' },
    });
  });

  it('has the environment variables that it reads', () => {
    expect(environmentOf(template, 'DispatcherFunction')).toEqual({
      LEDGER_TABLE_NAME: 'LedgerTable',
      RUN_QUEUE_URL: 'RunQueueRuns',
      READY_QUEUE_URL: 'ReadyQueue',
      DISPATCH_QUEUE_URL: 'DispatchQueue',
      SERVICE_NAME: 'mavera-triggers',
      METRICS_NAMESPACE: 'MaveraTriggers',
      MAVERA_SECRET_ARN: 'MaveraSecret',
      MAVERA_REQUESTS_PER_MINUTE: '60',
      MAVERA_TIMEOUT_SECONDS: '150',
      BUDGET_CREDITS: '0',
      BUDGET_PERIOD: 'month',
      DISPATCH_EVERY_SECONDS: '15',
      RUN_RETENTION_SECONDS: '2592000',
    });
  });

  it('has a minute, and may start itself any number of times', () => {
    expect(fn.Properties).toMatchObject({ Timeout: 60, RecursiveLoop: 'Allow' });
  });

  it('is started each minute by a rule, which alone may invoke it, and which tries no start again', () => {
    const rule = resource(template, 'AWS::Events::Rule', 'Dispatcher');
    expect(rule.Properties).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [
        { Arn: { Ref: alias.id }, RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 } },
      ],
    });
    const permissions = template.findResources('AWS::Lambda::Permission', {
      Properties: { FunctionName: { Ref: alias.id } },
    });
    expect(Object.values(permissions).map(({ Properties }) => Properties)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: { Ref: alias.id },
        Principal: 'events.amazonaws.com',
        SourceArn: { 'Fn::GetAtt': [rule.id, 'Arn'] },
      },
    ]);
  });

  it('is not tried again by Lambda, and drops starts that are older than a minute', () => {
    const { id, Properties } = resource(template, 'AWS::Lambda::EventInvokeConfig');
    expect(Properties).toMatchObject({
      FunctionName: { Ref: fn.id },
      MaximumEventAgeInSeconds: 60,
      MaximumRetryAttempts: 0,
      Qualifier: 'live',
    });
    const made = template.findResources('AWS::Lambda::EventInvokeConfig');
    expect(made[id]?.DependsOn).toContain(alias.id);
  });

  it('receives its own messages one by one', () => {
    const { Properties } = resource(template, 'AWS::Lambda::EventSourceMapping', 'Dispatcher');
    expect(Properties).toMatchObject({
      BatchSize: 1,
      EventSourceArn: { 'Fn::GetAtt': [queue.id, 'Arn'] },
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    expect(JSON.stringify(Properties.FunctionName)).toContain(alias.id);
  });
});

describe("the dispatcher's own queue", () => {
  it('drops a message whose pass failed before it could be delivered again', () => {
    const { VisibilityTimeout, MessageRetentionPeriod } = queue.Properties;
    expect(VisibilityTimeout).toBe(6 * Number(fn.Properties.Timeout));
    expect(MessageRetentionPeriod).toBeLessThan(Number(VisibilityTimeout));
    expect(queue.Properties).not.toHaveProperty('RedrivePolicy');
  });

  it.each(['retain', 'destroy'])(
    'is deleted with the stack, because it holds nothing (%s)',
    (removalPolicy) => {
      const { DeletionPolicy } = resource(
        testTemplate({ removalPolicy }),
        'AWS::SQS::Queue',
        'DispatchQueue',
      );
      expect(DeletionPolicy).toBe('Delete');
    },
  );
});
