import { join } from 'node:path';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../../cli/connect/rotate/rotation.ts';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import { type ConnectWorld, startConnectWorld } from './connectWorld.ts';

const secret = { sharedSecret: 'the-shared-secret-1111', bearerToken: 'the-bearer-token-2222' };
const segment = ['segment', '--source', 'website', '--no-test'] as const;

let world: ConnectWorld;

afterEach(() => world.stop());

/** Begins a rotation, as `rotate` writes it before it gives Segment the new value. */
async function beginRotation(): Promise<void> {
  const rotation = {
    what: 'sharedSecret',
    fingerprint: fingerprintOf('newer-3333'),
    startedAt: new Date().toISOString(),
  };
  const SecretString = JSON.stringify({
    ...secret,
    sharedSecret: ['newer-3333', secret.sharedSecret],
    rotation,
  });
  await world.secretsmanager.send(new PutSecretValueCommand({ SecretId: world.secretId, SecretString }));
}

describe('npm run connect -- segment', () => {
  it('continues after an interruption', async () => {
    world = await startConnectWorld(secret);
    await world.connect(segment);
    const [destination] = world.workspace.destinations();
    const [mapping] = world.workspace.subscriptions(destination?.id ?? '');
    world.workspace.removeSubscription(mapping?.id ?? '');
    expect(await world.connect(segment)).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^done: create mapping mavera-triggers: default\n$/),
    });
    expect(world.workspace.destinations()).toHaveLength(1);
  });

  it('gives Segment no value that receivers may not know yet, during a rotation', async () => {
    world = await startConnectWorld(secret);
    await world.connect(segment);
    await beginRotation();
    const before = world.writes();
    expect(await world.connect(segment)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('A rotation of sharedSecret is under way'),
    });
    expect(await world.connect(['check', '--source', 'website'])).toMatchObject({ code: 0 });
    expect(world.writes()).toBe(before);
  });

  it('does not turn on a signature that the workspace does not offer', async () => {
    world = await startConnectWorld(secret, { offersWholeBodySignature: false });
    expect(await world.connect([...segment, '--no-batching'])).toMatchObject({ code: 0 });
    expect(world.workspace.destinations()[0]?.settings).not.toHaveProperty('useSegmentSignatureHeader');
  });

  it('says what to do without a token, with a wrong one, and with a broken one', async () => {
    world = await startConnectWorld(secret);
    const api = ['--api-url', world.workspace.apiUrl];
    expect((await world.connect([...segment, ...api])).stderr).toMatch(
      /^SEGMENT_PUBLIC_API_TOKEN is not set/,
    );
    const wrong = await world.connect([...segment, ...api], { SEGMENT_PUBLIC_API_TOKEN: 'a-config-token' });
    expect(wrong.stderr).toMatch(/with 401.*Public API token of this workspace/);
    expect(wrong.stderr).not.toContain('a-config-token');
    const broken = await world.connect([...segment, ...api], { SEGMENT_PUBLIC_API_TOKEN: 'two words' });
    expect(broken.stderr).toContain('contains spaces');
    expect(world.writes()).toBe(0);
  });

  it('does not give the real Segment a URL of this machine, nor send a token over http', async () => {
    world = await startConnectWorld(secret);
    const env = { SEGMENT_PUBLIC_API_TOKEN: 'token' };
    expect((await world.connect([...segment, '--eu'], env)).stderr).toContain(
      `Segment cannot reach ${world.segmentUrl}`,
    );
    expect((await world.connect([...segment, '--api-url', 'http://api.example.com'], env)).stderr).toContain(
      'Expected an https:// URL',
    );
  });

  it('says that there is nothing to connect if all triggers read other sources', async () => {
    world = await startConnectWorld(secret);
    const triggers = join(projectRoot, 'test/cli/connect/triggers/sendgrid.ts');
    expect(await world.connect([...segment, '--triggers', triggers])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No trigger has Segment as its source'),
    });
    expect(world.writes()).toBe(0);
  });

  it('says if the system is gone', async () => {
    world = await startConnectWorld(secret);
    await world.leaveState({ pid: 2 ** 22 + 1 });
    expect(await world.connect(segment)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'No local system is running here: start one with `npm run dev` in this directory.\n',
    });
  });
});

describe('npm run connect -- check', () => {
  it('shows what is there and what is wanted, and of secrets only that they differ', async () => {
    world = await startConnectWorld(secret);
    await world.connect(segment);
    const [destination] = world.workspace.destinations();
    const [mapping] = world.workspace.subscriptions(destination?.id ?? '');
    world.workspace.editDestination(destination?.id ?? '', { settings: { sharedSecret: 'by-hand-9999' } });
    world.workspace.editSubscription(mapping?.id ?? '', { trigger: 'event = ""' });
    const { code, stdout } = await world.connect(['check', '--source', 'website']);
    expect(code).toBe(1);
    expect(stdout).toContain('  trigger at Segment: event = ""\n              wanted: (type = "track"');
    expect(stdout).toContain('  sharedSecret at Segment: differs\n');
    expect(stdout).not.toMatch(/9999|1111|2222/);
    const json = JSON.parse((await world.connect(['check', '--source', 'website', '--json'])).stdout);
    expect(json.drift).toMatchObject([
      { action: 'update', differences: [{ field: 'sharedSecret', atSegment: 'differs' }] },
      { action: 'update', differences: [{ field: 'trigger', atSegment: 'event = ""' }] },
    ]);
  });
});

describe('npm run connect -- rotate', () => {
  it('starts nothing if nothing at Segment could get the new value', async () => {
    world = await startConnectWorld(secret);
    expect(await world.connect(['rotate'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`No destination of this workspace posts to ${world.segmentUrl}`),
    });
    expect(await world.secret()).toEqual(secret);
  });
});
