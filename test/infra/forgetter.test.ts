import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { addSecurityChecks } from '../../infra/securityChecks.ts';
import { environmentOf, permissionsOf, resource } from './templateReader.ts';
import { testStack, testTemplate } from './testStack.ts';

const template = testTemplate({ honourDeletes: 'true' });

describe('the forgetter', () => {
  it('exists only with honourDeletes', () => {
    const functions = (of: typeof template): number =>
      Object.keys(of.findResources('AWS::Lambda::Function')).length;
    expect([functions(testTemplate()), functions(template)]).toEqual([3, 4]);
    testTemplate().resourceCountIs('AWS::Events::Rule', 1);
    testTemplate().resourcePropertiesCountIs(
      'AWS::CloudWatch::Alarm',
      { AlarmDescription: Match.stringLikeRegexp('#forgetterfailures$') },
      0,
    );
  });

  it('is started once a day by a rule, which alone may invoke it', () => {
    const rule = resource(template, 'AWS::Events::Rule', 'Forgetter');
    const alias = resource(template, 'AWS::Lambda::Alias', 'Forgetter');
    expect(rule.Properties).toMatchObject({
      ScheduleExpression: 'cron(17 3 * * ? *)',
      State: 'ENABLED',
      Targets: [{ Arn: { Ref: alias.id } }],
    });
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      FunctionName: { Ref: alias.id },
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [rule.id, 'Arn'] },
    });
  });

  it('has exactly the permissions that it needs', () => {
    const { FindRequests, ...others } = permissionsOf(template, 'Forgetter');
    expect(FindRequests?.actions).toEqual(['dynamodb:Query']);
    expect(FindRequests?.resource).toContain('/index/RunsByDay');
    expect(FindRequests?.resource).not.toContain('*');
    expect(others).toEqual({
      ForgetUsers: {
        actions: ['dynamodb:BatchGetItem', 'dynamodb:DeleteItem', 'dynamodb:Scan', 'dynamodb:UpdateItem'],
        resource: 'LedgerTable.Arn',
      },
      WriteLogs: {
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resource: 'ForgetterLogs.Arn',
      },
      WriteTraces: {
        actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
        resource: '*',
      },
    });
  });

  it('has the environment variables that it reads, and the longest time that Lambda has', () => {
    expect(environmentOf(template, 'ForgetterFunction')).toEqual({
      LEDGER_TABLE_NAME: 'LedgerTable',
      SERVICE_NAME: 'mavera-triggers',
      METRICS_NAMESPACE: 'MaveraTriggers',
    });
    const { Properties } = resource(template, 'AWS::Lambda::Function', 'Forgetter');
    expect(Properties.Timeout).toBe(900);
  });

  it('has an alarm', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: Match.stringLikeRegexp('#forgetterfailures$'),
    });
  });

  it('is accepted by the security checks', () => {
    const { app } = testStack({ honourDeletes: 'true' });
    addSecurityChecks(app);
    expect(() => app.synth()).not.toThrow();
  });
});
