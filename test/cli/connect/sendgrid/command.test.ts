import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSendGridCredentials } from '../../../../functions/sources/sendgrid/credentials.ts';
import { projectRoot } from '../../../../infra/bundling/projectRoot.ts';
import { newKeyPair } from '../../../../simulators/sendgrid/keyPair.ts';
import { sendgridUrl, useSourceWorld } from '../sourceWorld.ts';

const fresh = { publicKey: '', addressKey: 'an-address-key-of-the-stack' };
const connect = ['sendgrid', '--no-test'] as const;
const settings = '/v3/user/webhooks/event/settings';

describe('npm run connect -- sendgrid', () => {
  it('prints the plan and changes nothing with --dry-run', async () => {
    const world = await useSourceWorld(fresh);
    const { code, stdout } = await world.connect([...connect, '--dry-run']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Nothing was changed (--dry-run).')]);
    expect(stdout).toContain(
      'create  event webhook mavera-triggers local              enabled, signed, kinds',
    );
    expect(stdout).toContain(`  posts to ${sendgridUrl}\n  the kinds click\n`);
    expect(stdout).toContain(
      `  posts to ${sendgridUrl}/complaints\n  the kinds spam_report, unsubscribe, group_unsubscribe`,
    );
    expect(world.writes()).toBe(0);
    expect(await world.secret()).toEqual(fresh);
  });

  it('sets up a signed webhook for each route, and puts their keys into the secret', async () => {
    const world = await useSourceWorld(fresh);
    const { code, stderr } = await world.connect(connect);
    expect([code, stderr]).toEqual([
      0,
      "done: update public keys in the stack's secret\ndone: create event webhook mavera-triggers local\n" +
        'done: create event webhook mavera-triggers local: complaints\n',
    ]);
    expect(world.sendgrid.webhooks()).toMatchObject([
      { url: sendgridUrl, enabled: true, isSigned: true, events: new Set(['click']) },
      { url: `${sendgridUrl}/complaints`, enabled: true, isSigned: true },
    ]);
    const secret = await world.secret();
    expect(secret).toMatchObject({
      addressKey: fresh.addressKey,
      publicKey: [expect.any(String), expect.any(String)],
    });
    expect(parseSendGridCredentials(secret).publicKey).toHaveLength(2);
  });

  it('changes nothing the second time, and check finds nothing', async () => {
    const world = await useSourceWorld(fresh);
    await world.connect(connect);
    const [before, secret] = [world.writes(), await world.secret()];
    expect(await world.connect(connect)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Nothing to do.'),
    });
    expect(await world.connect(['sendgrid', 'check'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^SendGrid is set up as .*sendgrid\.ts says\.\n$/),
    });
    expect([world.writes(), await world.secret()]).toEqual([before, secret]);
  });

  it.each([
    ['the webhooks cannot be signed', `${settings}/signed/*`],
    ['the webhooks cannot be turned on', `${settings}/*`],
  ])(
    'turns no webhook on before it is signed, and continues when it is run again after %s',
    async (_what, path) => {
      const world = await useSourceWorld(fresh);
      world.sendgrid.inject({ kind: 'status', status: 403, method: 'PATCH', path, times: 2 });
      expect(await world.connect(connect)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('with 403'),
      });
      expect(world.sendgrid.webhooks().map(({ enabled }) => enabled)).toEqual([false, false]);
      world.sendgrid.clearFaults();
      expect(await world.connect(connect)).toMatchObject({ code: 0 });
      expect(world.sendgrid.webhooks()).toMatchObject([
        { enabled: true, isSigned: true },
        { enabled: true, isSigned: true },
      ]);
      expect(parseSendGridCredentials(await world.secret()).publicKey).toHaveLength(2);
    },
  );

  it('keeps the keys that are in the secret: they may be of another account', async () => {
    const { publicKey } = newKeyPair();
    const world = await useSourceWorld({ ...fresh, publicKey, note: 'ours' });
    await world.connect(connect);
    const secret = await world.secret();
    expect(secret).toMatchObject({ ...fresh, publicKey: expect.any(Array), note: 'ours' });
    expect((secret.publicKey as readonly string[]).at(-1)).toBe(publicKey);
  });

  it('makes an address key if the secret has none', async () => {
    const world = await useSourceWorld({});
    await world.connect(connect);
    expect(parseSendGridCredentials(await world.secret()).addressKey).toMatch(/^[A-Za-z0-9]{48}$/);
  });

  it('says what to do without a key, with a wrong one, and with one that is not allowed to', async () => {
    const world = await useSourceWorld(fresh, { restrictedKey: 'SG.mail-only' });
    const url = ['--sendgrid-url', world.sendgrid.baseUrl];
    expect((await world.connect([...connect, ...url])).stderr).toMatch(/^SENDGRID_API_KEY is not set/);
    const wrong = await world.connect([...connect, ...url], { SENDGRID_API_KEY: 'SG.of-somebody-else' });
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/with 401.*an API key of this account/),
    });
    const refused = await world.connect(connect, { SENDGRID_API_KEY: 'SG.mail-only' });
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('user.webhooks.event.settings.update'),
    });
    const broken = await world.connect(connect, { SENDGRID_API_KEY: 'two words' });
    expect(broken.stderr).toContain('contains spaces');
    for (const { stdout, stderr } of [wrong, refused, broken]) {
      expect(stdout + stderr).not.toMatch(/SG\.of-somebody-else|SG\.mail-only|two words/);
    }
    expect(world.writes()).toBe(0);
  });

  it('names the webhooks that are there if the plan allows no further one', async () => {
    const world = await useSourceWorld(fresh, { maxWebhooks: 1 });
    expect(await world.connect(connect)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("This needs 2 more event webhooks, and SendGrid's plan allows 1"),
    });
    expect(world.sendgrid.webhooks()).toEqual([]);
  });

  it('does not give the real SendGrid, in the US or the EU, a URL of this machine', async () => {
    const world = await useSourceWorld(fresh);
    const env = { SENDGRID_API_KEY: 'SG.key' };
    for (const real of [['--eu'], ['--sendgrid-url', 'https://api.eu.sendgrid.com']]) {
      expect((await world.connect([...connect, ...real], env)).stderr).toContain(
        `SendGrid cannot reach ${sendgridUrl}`,
      );
    }
    expect(
      (await world.connect([...connect, '--sendgrid-url', 'http://api.example.com'], env)).stderr,
    ).toContain('Expected an https:// URL');
  });

  it('says if no trigger has this source, and if the deployed system does not', async () => {
    const world = await useSourceWorld(fresh);
    const others = ['--triggers', join(projectRoot, 'triggers.ts')];
    expect((await world.connect([...connect, ...others])).stderr).toMatch(
      /^No trigger of .*triggers\.ts has source: 'sendgrid'/,
    );
    const older = await useSourceWorld(fresh, {}, { sendgridSecretArn: undefined });
    expect((await older.connect(connect)).stderr).toContain('has no secret for SendGrid');
  });
});

describe('npm run connect -- sendgrid check', () => {
  it('shows what is there and what is wanted, with the exit code 1', async () => {
    const world = await useSourceWorld(fresh);
    await world.connect(connect);
    const [webhook] = world.sendgrid.webhooks();
    const response = await fetch(`${world.sendgrid.baseUrl}${settings}/${webhook?.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${world.sendgrid.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ url: sendgridUrl, enabled: false, bounce: true }),
    });
    expect(response.status).toBe(200);
    await world.putSecret({ ...fresh, publicKey: newKeyPair().publicKey });
    const before = world.writes();
    const { code, stdout } = await world.connect(['sendgrid', 'check']);
    expect(code).toBe(1);
    expect(stdout).toContain('  kinds at SendGrid: bounce, click\n             wanted: click\n');
    expect(stdout).toMatch(/update {2}public keys in the stack's secret +2 to add/);
    const json = await world.connect(['sendgrid', 'check', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      drift: [{ action: 'update', changes: ['enabled', 'kinds'] }, { action: 'update' }],
    });
    expect(world.writes()).toBe(before);
  });
});
