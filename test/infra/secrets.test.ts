import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { describeSchemaError, isSchemaError } from '../../functions/schema/schemaError.ts';
import { parseSegOpsCredentials } from '../../functions/sources/segops/credentials.ts';
import { parseSendGridCredentials } from '../../functions/sources/sendgrid/credentials.ts';
import { environmentOf, permissionsOf, resource } from './templateReader.ts';
import { fileWith } from './temporaryDirectory.ts';
import { testTemplate } from './testStack.ts';

/** The template of a stack with these triggers. */
function templateWith(triggers: string, context: object = {}): Template {
  const triggersFile = fileWith(`
    import { askMave, defineTriggers, maveraWorkspace, segmentProfile, segopsMembers, segopsMembership, trigger }
      from 'mavera-triggers';
    const when = 'type = "track"';
    const run = askMave(() => ({ message: 'Why?' }));
    export default defineTriggers([${triggers}]);`);
  return testTemplate({ triggersFile, segmentProfileSpace: 'spa_1', ...context });
}

const read = (secret: string): object => ({ actions: ['secretsmanager:GetSecretValue'], resource: secret });

/** Who may read which secret: the names of the statements. */
function secretsOf(template: Template, name: string): readonly string[] {
  return Object.keys(permissionsOf(template, name)).filter((sid) => sid.endsWith('Secret'));
}

function secretNames(template: Template): readonly unknown[] {
  const found = Object.values(template.findResources('AWS::SecretsManager::Secret'));
  return found.map(({ Properties }) => Properties.Name).sort();
}

const ofSendGrid = `{ name: 'mail', source: 'sendgrid', when, run }`;
const ofSegOps = `{ name: 'segments', source: 'segops', when, run }`;
const ofSegment = `{ name: 'site', when, run }`;

describe('the secrets of the sources', () => {
  it('are there for those that triggers name, and Segment has one always', () => {
    expect(secretNames(templateWith(ofSegment))).toEqual([
      'mavera-triggers/mavera',
      'mavera-triggers/segment',
    ]);
    expect(secretNames(templateWith(`${ofSendGrid}, ${ofSegOps}`, { environmentName: 'staging' }))).toEqual([
      'mavera-triggers/staging/mavera',
      'mavera-triggers/staging/segment',
      'mavera-triggers/staging/segops',
      'mavera-triggers/staging/sendgrid',
    ]);
  });

  it.each([
    ['Segment alone', ofSegment, ['ReadSegmentSecret']],
    ['SendGrid alone', ofSendGrid, ['ReadSendGridSecret']],
    [
      'all three',
      `${ofSegment}, ${ofSendGrid}, ${ofSegOps}`,
      ['ReadSegmentSecret', 'ReadSendGridSecret', 'ReadSegOpsSecret'],
    ],
    ['no trigger', '', ['ReadSegmentSecret']],
  ])('are read by the receiver alone, and only where the source is open: %s', (_, triggers, expected) => {
    const template = templateWith(triggers);
    expect(secretsOf(template, 'Receiver')).toEqual(expected);
    expect(secretsOf(template, 'Runner')).toEqual(['ReadMaveraSecret']);
    expect(secretsOf(template, 'Dispatcher')).toEqual(['ReadMaveraSecret']);
  });

  it('are named to the receiver, with the custom argument of the users', () => {
    const template = templateWith(`${ofSendGrid}, ${ofSegOps}`, { sendgridUserIdArgument: 'customer' });
    const variables = environmentOf(template, 'ReceiverFunction');
    expect(variables).toMatchObject({
      SENDGRID_SECRET_ARN: 'SendGridSecret',
      SENDGRID_USER_ID_ARGUMENT: 'customer',
      SEGOPS_SECRET_ARN: 'SegOpsSecret',
    });
    expect(variables).not.toHaveProperty('SEGMENT_SECRET_ARN');
    expect(permissionsOf(template, 'Receiver')).toMatchObject({
      ReadSendGridSecret: read('SendGridSecret'),
      ReadSegOpsSecret: read('SegOpsSecret'),
    });
    expect(environmentOf(templateWith(ofSegOps), 'ReceiverFunction')).not.toHaveProperty(
      'SENDGRID_USER_ID_ARGUMENT',
    );
  });

  // Exactly this: if any of it changes, CloudFormation replaces the value.
  it.each([
    ['SendGrid', 'addressKey', '{"publicKey":""}'],
    ['SegOps', 'webhookSecret', '{}'],
  ])('have a generated value, of letters and digits: %s', (id, GenerateStringKey, SecretStringTemplate) => {
    const template = templateWith(`${ofSendGrid}, ${ofSegOps}`);
    const { Properties } = resource(template, 'AWS::SecretsManager::Secret', `${id}Secret`);
    expect(Properties.GenerateSecretString).toEqual({
      SecretStringTemplate,
      GenerateStringKey,
      PasswordLength: 48,
      ExcludePunctuation: true,
    });
  });

  it.each([
    ['SegOps', parseSegOpsCredentials, 'nothing'],
    ['SendGrid', parseSendGridCredentials, 'publicKey'],
  ])('can be read as they were generated, if nothing has to be filled in: %s', (id, parse, lacking) => {
    const template = templateWith(`${ofSendGrid}, ${ofSegOps}`);
    const { Properties } = resource(template, 'AWS::SecretsManager::Secret', `${id}Secret`);
    const { SecretStringTemplate, GenerateStringKey } = Properties.GenerateSecretString as {
      readonly SecretStringTemplate: string;
      readonly GenerateStringKey: string;
    };
    const value = { ...JSON.parse(SecretStringTemplate), [GenerateStringKey]: 'a1'.repeat(24) };
    let problem = 'nothing';
    try {
      parse(value);
    } catch (error) {
      problem = isSchemaError(error) ? describeSchemaError(error) : String(error);
    }
    expect(problem).toContain(lacking);
    // What the secret has is right: only the public key is missing.
    expect(problem).not.toContain('addressKey');
  });

  it('are in the outputs', () => {
    const outputs = templateWith(`${ofSendGrid}, ${ofSegOps}`).findOutputs('*');
    expect(Object.keys(outputs)).toEqual(expect.arrayContaining(['SendGridSecretArn', 'SegOpsSecretArn']));
    expect(outputs.SendGridSecretArn?.Value).toEqual({ Ref: expect.stringMatching(/^SendGridSecret/) });
  });
});

const traits = `trigger({ name: 'vip', when, with: { profile: segmentProfile({ traits: ['ltv'] }) } }, run)`;
const identities = `trigger({ name: 'ids', when, with: { profile: segmentProfile({ externalIds: true }) } }, run)`;
const membership = `trigger({ name: 'member', when, with: { membership: segopsMembership() } }, run)`;
const members = `trigger({ name: 'members', when, with: { members: segopsMembers({ segment: 42 }) } }, run)`;
const workspace = `trigger({ name: 'space', when, with: { workspace: maveraWorkspace() } }, run)`;
const reporting = `{ name: 'reporting', when, run, toSegment: { track: true } }`;
const reportingToSegOps = `{ name: 'telling', when, run, toSegOps: { track: true } }`;

const variables = {
  profiles: {
    SEGMENT_PROFILES_URL: 'https://profiles.segment.com',
    SEGMENT_PROFILES_SECRET_ARN: 'SegmentProfilesSecret',
    SEGMENT_PROFILE_SPACE: 'spa_1',
    SEGMENT_PROFILE_REQUESTS_PER_SECOND: '20',
  },
  api: {
    SEGMENT_API_URL: 'https://api.segmentapis.com',
    SEGMENT_API_SECRET_ARN: 'SegmentApiSecret',
  },
  segops: {
    SEGOPS_BASE_URL: 'https://api.segops.ai/api',
    SEGOPS_API_SECRET_ARN: 'SegOpsApiSecret',
    SEGOPS_REQUESTS_PER_MINUTE: '60',
  },
  writeKey: { SEGMENT_WRITE_KEY_SECRET_ARN: 'SegmentWriteKeySecret' },
};

describe('the secrets of the systems that runs call', () => {
  it.each([
    ['no lookup and no report', ofSegment, {}, []],
    ['traits of a profile', traits, variables.profiles, ['SegmentProfiles']],
    [
      'ids of a profile, whose sources have names',
      identities,
      { ...variables.profiles, ...variables.api },
      ['SegmentProfiles', 'SegmentApi'],
    ],
    ['a membership', membership, variables.segops, ['SegOpsApi']],
    ['members', members, variables.segops, ['SegOpsApi']],
    ["Mavera's workspace", workspace, {}, []],
    ['a report to SegOps', reportingToSegOps, variables.segops, ['SegOpsApi']],
    ['a report to Segment', reporting, variables.writeKey, ['SegmentWriteKey']],
    [
      'all of them',
      [traits, identities, membership, members, workspace, reporting].join(),
      { ...variables.profiles, ...variables.api, ...variables.segops, ...variables.writeKey },
      ['SegmentProfiles', 'SegmentApi', 'SegOpsApi', 'SegmentWriteKey'],
    ],
  ])('are there and read by the runner only where a trigger needs them: %s', (_, triggers, set, ids) => {
    const template = templateWith(triggers);
    const names = ids.map((id) => `${id}Secret`);
    const given = Object.entries(environmentOf(template, 'RunnerFunction'));
    const ofSystems = given.filter(
      ([name]) => /^SEG(MENT|OPS)_/.test(name) && name !== 'SEGMENT_TRACKING_URL',
    );
    expect(Object.fromEntries(ofSystems)).toEqual(set);
    expect([...secretsOf(template, 'Runner')].sort()).toEqual(
      ['ReadMaveraSecret', ...names.map((name) => `Read${name}`)].sort(),
    );
    expect(secretsOf(template, 'Receiver')).toEqual(['ReadSegmentSecret']);
    expect(secretsOf(template, 'Dispatcher')).toEqual(['ReadMaveraSecret']);
    for (const name of names) {
      expect(permissionsOf(template, 'Runner')[`Read${name}`]).toEqual(read(name));
      const { Properties } = resource(template, 'AWS::SecretsManager::Secret', name);
      expect(Object.keys(Properties).sort()).toEqual(['Description', 'Name']);
    }
    const outputs = Object.keys(template.findOutputs('*')).filter((output) => output.endsWith('SecretArn'));
    expect(outputs.sort()).toEqual(names.map((name) => `${name}Arn`).sort());
  });

  it('come with the limits and addresses of the settings', () => {
    const template = templateWith([identities, members].join(), {
      segmentProfileRequestsPerSecond: '50',
      segmentProfilesUrl: 'https://profiles.euw1.segment.com/',
      segmentApiUrl: 'https://eu1.api.segmentapis.com',
      segopsBaseUrl: 'https://segops.example.com/api/',
      segopsRequestsPerMinute: '600',
    });
    expect(environmentOf(template, 'RunnerFunction')).toMatchObject({
      SEGMENT_PROFILES_URL: 'https://profiles.euw1.segment.com',
      SEGMENT_PROFILE_REQUESTS_PER_SECOND: '50',
      SEGMENT_API_URL: 'https://eu1.api.segmentapis.com',
      SEGOPS_BASE_URL: 'https://segops.example.com/api',
      SEGOPS_REQUESTS_PER_MINUTE: '600',
    });
  });

  it('may be encrypted with a key of your own', () => {
    const encryptionKeyArn = 'arn:aws:kms:eu-west-1:123456789012:key/0000-1111';
    const template = templateWith([ofSendGrid, members].join(), { encryptionKeyArn });
    const found = Object.values(template.findResources('AWS::SecretsManager::Secret'));
    expect(found.map(({ Properties }) => Properties.KmsKeyId)).toEqual(found.map(() => encryptionKeyArn));
    expect(found).toHaveLength(4);
  });
});
