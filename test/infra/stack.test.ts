import { describe, expect, it } from 'vitest';
import { resource } from './templateReader.ts';
import { testStack, testTemplate } from './testStack.ts';

const template = testTemplate();

describe('the stack', () => {
  it.each([
    ['MaveraTriggers', {}],
    ['MaveraTriggers-staging', { environmentName: 'staging' }],
  ])('is named %s (%o)', (name, context) => {
    expect(testStack(context).stack.stackName).toBe(name);
  });

  it('names no account and no region', () => {
    expect(testStack().stack.environment).toBe('aws://unknown-account/unknown-region');
    expect(
      /:\d{12}[:"]|arn:aws[a-z-]*:[a-z0-9-]+:[a-z]+-/.exec(JSON.stringify(template.toJSON())),
    ).toBeNull();
  });

  it('lets CloudFormation choose all names, except those of secrets and aliases', () => {
    const names = Object.values(template.toJSON().Resources as Record<string, ReturnType<typeof resource>>)
      .filter(({ Type }) => !['AWS::SecretsManager::Secret', 'AWS::Lambda::Alias'].includes(Type))
      .flatMap(({ Properties }) => Object.keys(Properties))
      .filter((key) => /^(?:Table|Queue|Topic|Role|LogGroup)?Name$/.test(key));
    expect(names).toEqual([]);
  });

  it('has an output for everything that commands and operators look up', () => {
    const id = (type: string, start = ''): string => resource(template, type, start).id;
    const outputs = Object.entries(template.findOutputs('*')).map(([name, { Value }]) => [name, Value]);
    expect(Object.fromEntries(outputs)).toEqual({
      SegmentUrl: {
        'Fn::Join': ['', [{ 'Fn::GetAtt': [id('AWS::Lambda::Url'), 'FunctionUrl'] }, 'segment']],
      },
      SegmentSecretName: 'mavera-triggers/segment',
      MaveraSecretName: 'mavera-triggers/mavera',
      ResultsTopicArn: { Ref: id('AWS::SNS::Topic') },
      LedgerTableName: { Ref: id('AWS::DynamoDB::Table') },
      RunQueueUrl: { Ref: id('AWS::SQS::Queue', 'RunQueueRuns') },
      BulkQueueUrl: { Ref: id('AWS::SQS::Queue', 'BulkQueue') },
      ReadyQueueUrl: { Ref: id('AWS::SQS::Queue', 'ReadyQueue') },
      DeadLetterQueueUrl: { Ref: id('AWS::SQS::Queue', 'RunQueueDeadLetters') },
      ReceiverFunctionName: { Ref: id('AWS::Lambda::Function', 'Receiver') },
      ReceiverLogGroupName: { Ref: id('AWS::Logs::LogGroup', 'Receiver') },
      RunnerFunctionName: { Ref: id('AWS::Lambda::Function', 'Runner') },
      RunnerLogGroupName: { Ref: id('AWS::Logs::LogGroup', 'Runner') },
      DispatcherFunctionName: { Ref: id('AWS::Lambda::Function', 'Dispatcher') },
      DashboardName: { Ref: id('AWS::CloudWatch::Dashboard') },
    });
  });

  it('has a wildcard only in the permission to write traces', () => {
    const policies = [
      ...Object.values(template.findResources('AWS::IAM::Role')).map(
        ({ Properties }) => Properties.Policies ?? [],
      ),
      ...Object.values(template.findResources('AWS::IAM::Policy')).map(({ Properties }) => Properties),
    ];
    const statements = policies
      .flat()
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement as { Sid: string }[])
      .filter((statement) => JSON.stringify(statement).includes('*'));
    expect(statements.map(({ Sid }) => Sid)).toEqual(['WriteTraces', 'WriteTraces', 'WriteTraces']);
  });
});
