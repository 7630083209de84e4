import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { addSecurityChecks } from '../../infra/securityChecks.ts';
import { arnSettings } from '../../infra/settings/readContext.ts';
import { settingsSchema } from '../../infra/settings/settingsSchema.ts';
import { permissionsOf, resource } from './templateReader.ts';
import { fileWith } from './temporaryDirectory.ts';
import { type TestContext, testStack, testTemplate } from './testStack.ts';

const account = '123456789012';
const keyArn = `arn:aws:kms:eu-west-1:${account}:key/0000-1111`;
const certificateArn = `arn:aws:acm:eu-west-1:${account}:certificate/0000-1111`;
const alarmTopicArn = `arn:aws:sns:eu-west-1:${account}:alarms`;
const withDomain = { endpoint: 'http-api', domainName: 'events.example.com', certificateArn };

/** Triggers of every origin: what an older runner, or an older dispatcher, does not know. */
const everyOrigin =
  fileWith(`import { askMave, defineTriggers, idsFrom, segmentProfiles, segopsMembership, segopsSegments, sendgridStats, trigger }
  from 'mavera-triggers';
const when = 'type = "track"';
const run = askMave(() => ({ message: 'Why?' }));
const opened = trigger({ name: 'opened', source: 'sendgrid', when, with: { segments: segopsMembership() } }, run);
export default defineTriggers([
  { name: 'site', when, run },
  opened,
  { name: 'recomputed', source: 'segops', when, run,
    catchUp: { from: segopsSegments({ tenant: 'acme' }), every: '30m' } },
  trigger({ name: 'pulled', from: sendgridStats({ by: ['device'] }), every: '10d' }, run),
  trigger({ name: 'read', every: { cron: '0 9 ? * MON *', timeZone: 'Europe/Berlin' },
    from: segmentProfiles({ space: 'spa_1', of: idsFrom('s3://bucket/ids.csv'), traits: ['ltv'] }) }, run),
  trigger({ name: 'then', after: opened }, run),
]);
`);

const contexts: readonly TestContext[] = [
  {},
  { environmentName: 'staging' },
  { endpoint: 'http-api' },
  withDomain,
  { encryptionKeyArn: keyArn },
  { alarmTopicArn, alarmWhenNoEventsFor: '6h' },
  { gradualReleases: 'false' },
  { gradualReleases: 'false', monitoring: 'false' },
  { removalPolicy: 'destroy' },
  { triggersFile: everyOrigin },
  { triggersFile: everyOrigin, encryptionKeyArn: keyArn },
  { maveraTier: 'professional' },
  {
    maveraRequestsPerMinute: '600',
    maveraMonthlyCredits: '100000',
    budgetCredits: '900',
    budgetPeriod: 'day',
  },
  {
    receiverReservedConcurrency: '50',
    receiverMemoryMb: '1024',
    runnerMemoryMb: '512',
    logRetention: '365',
  },
  { runQueueVisibilityTimeout: '2h', maveraTimeout: '60s', runnerConcurrency: '20', maxAttempts: '3' },
  {
    dedupeWindow: '2d',
    runDeadline: '1d',
    runRetention: '2d',
    routes: '*',
    acceptReplays: 'true',
    honourDeletes: 'true',
  },
  {
    ...withDomain,
    encryptionKeyArn: keyArn,
    alarmTopicArn,
    environmentName: 'all',
    httpApiRateLimit: '10',
    httpApiBurstLimit: '20',
    allowFirstEventSignature: 'true',
    overcommitBudgets: 'true',
    runbookUrl: 'https://wiki.example.com/runbook',
    maveraBaseUrl: 'https://mavera.example.com/v1',
    segmentTrackingUrl: 'https://events.eu1.segmentapis.com/v1',
    segmentProfileSpace: 'spa_1',
    segmentProfileRequestsPerSecond: '50',
    segmentProfilesUrl: 'https://profiles.euw1.segment.com',
    segmentApiUrl: 'https://eu1.api.segmentapis.com',
    segopsBaseUrl: 'https://segops.example.com/api',
    segopsRequestsPerMinute: '600',
    sendgridBaseUrl: 'https://api.eu.sendgrid.com',
    sendgridUserIdArgument: 'customer_id',
    pullDeadline: '6h',
    pullerMemoryMb: '1024',
    maxBodyBytes: '1048576',
    triggersFile: join(projectRoot, 'triggers.ts'),
  },
];

describe('every option', () => {
  it('is used in one of the stacks below', () => {
    const tried = new Set(contexts.flatMap((context) => Object.keys(context)));
    const documented = [...Object.keys(settingsSchema.shape), ...Object.keys(arnSettings)];
    expect([...tried].sort()).toEqual(documented.sort());
  });

  it.each(contexts)('gives a template that the security checks accept: %o', (context) => {
    const { app } = testStack(context);
    addSecurityChecks(app);
    expect(() => app.synth()).not.toThrow();
  });
});

describe('an HTTP API as the endpoint', () => {
  const template = testTemplate({ endpoint: 'http-api', httpApiRateLimit: '10', httpApiBurstLimit: '20' });
  const api = resource(template, 'AWS::ApiGatewayV2::Api');
  const stage = resource(template, 'AWS::ApiGatewayV2::Stage').Properties;

  it('replaces the Function URL', () => {
    expect(template.findResources('AWS::Lambda::Url')).toEqual({});
    expect(template.findOutputs('SegmentUrl').SegmentUrl?.Value).toEqual({
      'Fn::Join': ['', [{ 'Fn::GetAtt': [api.id, 'ApiEndpoint'] }, '/segment']],
    });
  });

  it('passes every request to the receiver, in payload format 2.0', () => {
    expect(resource(template, 'AWS::ApiGatewayV2::Integration').Properties).toMatchObject({
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
      IntegrationUri: { Ref: resource(template, 'AWS::Lambda::Alias', 'Receiver').id },
    });
    const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route'));
    expect(routes.map(({ Properties }) => Properties.RouteKey)).toEqual(['$default']);
  });

  it('is the only one that may invoke the receiver', () => {
    const { id } = resource(template, 'AWS::Lambda::Alias', 'Receiver');
    const permissions = template.findResources('AWS::Lambda::Permission', {
      Properties: { FunctionName: { Ref: id } },
    });
    const principals = Object.values(permissions).map(({ Properties }) => Properties.Principal);
    expect(principals).toEqual(['apigateway.amazonaws.com']);
  });

  it('throttles as the settings say', () => {
    expect(stage.DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 });
  });

  it('logs each access, without headers or bodies', () => {
    const { Format } = stage.AccessLogSettings as { Format: string };
    expect(Object.keys(JSON.parse(Format))).toEqual([
      'requestId',
      'time',
      'ip',
      'method',
      'path',
      'status',
      'responseBytes',
      'latencyMs',
      'integrationLatencyMs',
      'error',
      'integrationError',
    ]);
  });

  it('can have a domain, and then has no other name', () => {
    const custom = testTemplate(withDomain);
    expect(resource(custom, 'AWS::ApiGatewayV2::Api').Properties.DisableExecuteApiEndpoint).toBe(true);
    expect(resource(custom, 'AWS::ApiGatewayV2::DomainName').Properties).toMatchObject({
      DomainName: 'events.example.com',
      DomainNameConfigurations: [{ CertificateArn: certificateArn, SecurityPolicy: 'TLS_1_2' }],
    });
    expect(custom.findOutputs('*')).toMatchObject({
      SegmentUrl: { Value: 'https://events.example.com/segment' },
      DomainTarget: {},
    });
  });
});

describe('a resource that is given without the setting it needs', () => {
  it.each([
    [{ endpoint: 'http-api', domainName: 'events.example.com' }, 'its certificate is missing'],
    [{ endpoint: 'http-api', certificateArn }, 'A certificate is given without its domain'],
    [
      { monitoring: 'false', gradualReleases: 'false', alarmTopicArn },
      'An alarm topic is given, but monitoring is',
    ],
  ])('stops the deployment: %o', (context, sentence) => {
    expect(() => testStack(context)).toThrow(sentence);
  });
});

describe('an encryption key of your own', () => {
  const template = testTemplate({ encryptionKeyArn: keyArn });

  it('encrypts everything that holds customer data, and the secrets', () => {
    const { SSESpecification } = resource(template, 'AWS::DynamoDB::Table').Properties;
    expect(SSESpecification).toEqual({ SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: keyArn });
    const keys = ['AWS::SQS::Queue', 'AWS::SNS::Topic'].flatMap((type) =>
      Object.values(template.findResources(type)).map(({ Properties }) => Properties.KmsMasterKeyId),
    );
    expect(keys).toEqual(Array.from({ length: 6 }, () => keyArn));
    const secrets = Object.values(template.findResources('AWS::SecretsManager::Secret'));
    expect(secrets.map(({ Properties }) => Properties.KmsKeyId)).toEqual([keyArn, keyArn]);
  });

  it.each(['Receiver', 'Runner', 'Dispatcher'])(
    'may be used by the %s, only through those services',
    (name) => {
      const { UseEncryptionKey } = permissionsOf(template, name);
      expect(UseEncryptionKey?.actions).toContain('kms:Decrypt');
      expect(UseEncryptionKey?.resource).toContain('kms:ViaService');
      expect(permissionsOf(testTemplate(), name)).not.toHaveProperty('UseEncryptionKey');
    },
  );
});

describe('a release', () => {
  it.each([
    ['with events of Segment alone', {}],
    ['with other sources, lookups and triggers that follow', { triggersFile: everyOrigin }],
  ])(
    'is shifted by CodeDeploy %s: first the runner, then the dispatcher, then the receiver',
    (_, context) => {
      const template = testTemplate(context);
      const aliases = template.findResources('AWS::Lambda::Alias', {
        UpdatePolicy: { CodeDeployLambdaAliasUpdate: {} },
      });
      const waitsFor = (name: string): readonly string[] => {
        const { id } = resource(template, 'AWS::Lambda::Alias', name);
        return (aliases[id]?.DependsOn ?? []) as readonly string[];
      };
      const idOf = (name: string): string => resource(template, 'AWS::Lambda::Alias', name).id;
      expect(Object.keys(aliases)).toHaveLength(3);
      expect(waitsFor('Runner')).toEqual([]);
      expect(waitsFor('Dispatcher')).toContain(idOf('Runner'));
      expect(waitsFor('Receiver')).toContain(idOf('Dispatcher'));
    },
  );

  it('starts and feeds the dispatcher only after the runner, which must know what it is sent', () => {
    const template = testTemplate();
    const runner = resource(template, 'AWS::Lambda::Alias', 'Runner').id;
    for (const type of ['AWS::Events::Rule', 'AWS::Lambda::EventSourceMapping', 'AWS::Lambda::Function']) {
      const { id } = resource(template, type, 'Dispatcher');
      expect(template.findResources(type)[id]?.DependsOn).toContain(runner);
    }
  });

  it('feeds the runner in batches, and from new queues, only after its alias has moved', () => {
    const template = testTemplate();
    const alias = resource(template, 'AWS::Lambda::Alias', 'Runner').id;
    for (const queue of ['RunQueue', 'BulkQueue', 'ReadyQueue']) {
      const { Properties } = resource(template, 'AWS::Lambda::EventSourceMapping', `Runner${queue}`);
      expect(JSON.stringify(Properties.FunctionName)).toContain(JSON.stringify({ Ref: alias }));
    }
  });

  it('makes the alarm of a dispatcher that does not finish only when the dispatcher is there', () => {
    const template = testTemplate();
    const { id } = resource(template, 'AWS::CloudWatch::Alarm', 'MonitoringDispatcherNotFinished');
    const { DependsOn } = template.findResources('AWS::CloudWatch::Alarm')[id] as {
      DependsOn: readonly string[];
    };
    expect(DependsOn).toContain(resource(template, 'AWS::Events::Rule', 'Dispatcher').id);
  });

  it('compares the new version of the receiver with the version before', () => {
    const template = testTemplate();
    const { id } = resource(template, 'AWS::Lambda::Version', 'Receiver');
    const { Metrics } = resource(
      template,
      'AWS::CloudWatch::Alarm',
      'MonitoringReleaseRefusesRequests',
    ).Properties;
    expect(JSON.stringify(Metrics)).toContain(
      JSON.stringify({ Name: 'version', Value: { 'Fn::GetAtt': [id, 'Version'] } }),
    );
  });

  it('begins only when the alarms that roll it back are up to date', () => {
    const template = testTemplate();
    const group = resource(template, 'AWS::CodeDeploy::DeploymentGroup', 'Receiver');
    const alarm = resource(template, 'AWS::CloudWatch::Alarm', 'MonitoringReleaseRefusesRequests');
    expect(JSON.stringify(group.Properties.AlarmConfiguration)).toContain(JSON.stringify({ Ref: alarm.id }));
    const { UpdatePolicy, DependsOn } = template.findResources('AWS::Lambda::Alias')[
      resource(template, 'AWS::Lambda::Alias', 'Receiver').id
    ] as { UpdatePolicy: unknown; DependsOn: readonly string[] };
    expect(JSON.stringify(UpdatePolicy)).toContain(JSON.stringify({ Ref: group.id }));
    expect(DependsOn).toContain(alarm.id);
  });

  it.each(['Receiver', 'Runner', 'Dispatcher'])('of the %s is rolled back on its alarms', (name) => {
    const { Properties } = resource(testTemplate(), 'AWS::CodeDeploy::DeploymentGroup', name);
    expect(Properties).toMatchObject({
      AlarmConfiguration: { Enabled: true },
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
      },
      DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
    });
    expect((Properties.AlarmConfiguration as { Alarms: unknown[] }).Alarms.length).toBeGreaterThan(0);
  });

  it('takes effect at once without gradual releases', () => {
    const template = testTemplate({ gradualReleases: 'false' });
    expect(template.findResources('AWS::CodeDeploy::DeploymentGroup')).toEqual({});
    expect(Object.keys(template.findResources('AWS::Lambda::Alias'))).toHaveLength(3);
  });
});
