import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../../../infra/bundling/projectRoot.ts';
import { type SourceWorld, useSourceWorld } from '../sourceWorld.ts';

const triggersFile = join(projectRoot, 'test/cli/connect/triggers/segops.ts');
const stacks = { webhookSecret: 'a-secret-that-the-stack-has-made' };
const noWait = ['segops', '--no-wait'] as const;

const useWorld = (members: object): Promise<SourceWorld> => useSourceWorld(members, {}, { triggersFile });

describe('npm run connect -- segops', () => {
  it('prints the values to paste, and shows the secret once', async () => {
    const world = await useWorld(stacks);
    const first = await world.connect(noWait);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('  URL          http://127.0.0.1:1/segops\n');
    expect(first.stdout.split(stacks.webhookSecret)).toHaveLength(2);
    const second = await world.connect(noWait);
    expect(second.stdout).not.toContain(stacks.webhookSecret);
    expect(second.stdout).toContain('npm run connect -- segops --show-secret --local shows it again');
    expect((await world.connect([...noWait, '--show-secret'])).stdout).toContain(stacks.webhookSecret);
    expect(await world.secret()).toEqual({ ...stacks, shownAt: expect.any(String) });
  });

  it('makes a secret if there is none, and keeps other members', async () => {
    const world = await useWorld({ webhookSecret: '', note: 'ours' });
    const { stdout } = await world.connect(noWait);
    const { webhookSecret, note } = await world.secret();
    expect(webhookSecret).toMatch(/^[A-Za-z0-9]{48}$/);
    expect(stdout).toContain(`  Secret       ${String(webhookSecret)}\n`);
    expect(note).toBe('ours');
  });

  it('says that it cannot wait where the log cannot be read', async () => {
    const world = await useWorld(stacks);
    expect(await world.connect(['segops', '--json'])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('does not wait'),
    });
  });

  it('says if no trigger has this source, and if the deployed system does not', async () => {
    const world = await useWorld(stacks);
    const others = ['--triggers', join(projectRoot, 'triggers.ts')];
    expect((await world.connect([...noWait, ...others])).stderr).toMatch(
      /^No trigger of .*triggers\.ts has source: 'segops'/,
    );
    const older = await useSourceWorld(stacks, {}, { triggersFile, segopsSecretArn: undefined });
    expect((await older.connect(noWait)).stderr).toContain('has no secret for SegOps');
  });
});

describe('npm run connect -- segops rotate', () => {
  const begun = {
    webhookSecret: ['the-new-secret', 'the-old-secret'],
    rotation: { startedAt: '2026-01-01T00:00:00.000Z' },
  };

  it('shows the new secret when every receiver knows it, and keeps the old one until --finish', async () => {
    const world = await useWorld(begun);
    expect((await world.connect(noWait)).stderr).toContain('A rotation is under way');
    expect(await world.connect(['segops', 'rotate', '--finish'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('was not shown'),
    });
    const { code, stdout } = await world.connect(['segops', 'rotate']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('\n  the-new-secret\n')]);
    expect(stdout).not.toContain('the-old-secret');
    expect(await world.secret()).toMatchObject({ webhookSecret: begun.webhookSecret });
    expect(await world.connect(['segops', 'rotate', '--finish'])).toMatchObject({ code: 0 });
    expect(await world.secret()).toEqual({ webhookSecret: 'the-new-secret', shownAt: expect.any(String) });
  });

  it('cannot be finished before it was started', async () => {
    const world = await useWorld(stacks);
    expect(await world.connect(['segops', 'rotate', '--finish'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No rotation is under way'),
    });
    expect(await world.secret()).toEqual(stacks);
  });
});
