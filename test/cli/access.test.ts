import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkParsePolicySet } from '@cedar-policy/cedar-wasm/nodejs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chainOfThree, triggers, triggersProcess } from './triggersCommand.ts';

let directory: string;
let triggersFile: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'access-'));
  triggersFile = join(directory, 'triggers.ts');
  await writeFile(triggersFile, chainOfThree);
});

afterEach(() => rm(directory, { recursive: true }));

async function grant(access: object): Promise<void> {
  const text = `import { defineAccess } from 'mavera-triggers';\nexport default defineAccess(${JSON.stringify(access)});\n`;
  await writeFile(join(directory, 'access.ts'), text);
}

const mave = { 'mavera.mave': 'write', 'mavera.usage': 'read' };
/** All that the triggers need. */
const enough = {
  triggers: {
    'vip-left': {
      ...mave,
      'segmentProfiles.profiles': 'read',
      'segment.sources': 'read',
      'segmentTracking.events': 'write',
      'segops.events': 'write',
    },
    'vip-voice': { 'mavera.personas': 'write', 'mavera.usage': 'read' },
    'vip-group': { 'mavera.focusGroups': 'write', 'mavera.usage': 'read', 'mavera.workspaces': 'read' },
    'segment-grew': { ...mave, 'segops.segments': 'read', 'segops.members': 'read' },
    'mail-opened': { ...mave, 'mavera.personas': 'read' },
  },
};

describe('npm run triggers -- check, with an access file', () => {
  it('finds no problem if all is granted that the triggers need', async () => {
    await grant(enough);
    const { code, stdout, stderr } = await triggers('check', triggersFile);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('5 triggers, no problems. access.ts grants all that they need.\n');
  });

  it('names each trigger and what it lacks if nothing is granted', async () => {
    await grant({});
    const { code, stdout, stderr } = await triggers('check', triggersFile);
    expect(code).toBe(1);
    expect(stdout).not.toContain('no problems');
    expect(stderr).toMatch(/^access\.ts does not fit the triggers: change its grants, or the triggers\.\n/);
    expect(stderr).toContain(
      '  trigger "vip-left": it needs write on mavera.mave for askMave; that is not granted\n',
    );
    expect(stderr).toContain(
      '  trigger "vip-group": it needs read on mavera.workspaces for the lookup workspace; that is not granted\n',
    );
    for (const name of Object.keys(enough.triggers)) {
      expect(stderr).toContain(`  trigger "${name}": it needs `);
    }
  });

  it('names a trigger that does not exist', async () => {
    await grant({ triggers: { ...enough.triggers, 'vip-lost': mave } });
    const { code, stderr } = await triggers('check', triggersFile);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'access.ts does not fit the triggers: change its grants, or the triggers.\n' +
        '  trigger "vip-lost": there is no such trigger; the triggers are vip-left, vip-voice, vip-group, segment-grew, mail-opened\n',
    );
  });

  it('names the place of a mistake in the access file, without a stack trace', async () => {
    await writeFile(join(directory, 'access.ts'), "\nthrow new Error('no grants');\n");
    const { code, stderr } = await triggersProcess('check', triggersFile);
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, lines: 1 });
    expect(stderr).toMatch(/^accessFile: .*access\.ts:2:\d+ throws when it is loaded: no grants\n$/);
  });
});

describe('npm run triggers -- access', () => {
  it('without an access file shows what each trigger declares', async () => {
    const { code, stdout, stderr } = await triggers('access', triggersFile);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^agent +resource +needs +has +why\n/);
    expect(stdout).toMatch(/^trigger\/vip-left +mavera\.mave +write +write +askMave calls askMave, /m);
    expect(stdout).toMatch(
      /^ +segmentProfiles\.profiles +read +read +the lookup profile calls readProfileTraits, readProfileEvents$/m,
    );
    expect(stdout).toContain('There is no access.ts beside the triggers file');
  });

  it('shows what is granted, what is not enough, and what is not needed', async () => {
    const { 'vip-left': left, ...others } = enough.triggers;
    await grant({
      triggers: { ...others, 'vip-left': { ...left, 'mavera.mave': 'read', 'segment.sources': 'off' } },
    });
    const { code, stdout, stderr } = await triggers('access', triggersFile);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^trigger\/vip-left +mavera\.mave +write +read +NOT ENOUGH GRANTED: askMave calls /m,
    );
    expect(stdout).toMatch(/^ +segment\.sources +read +off +NOT GRANTED: the lookup profile calls /m);
    expect(stdout).toMatch(/^ +mavera\.personas +off +read +granted, but not needed$/m);
    expect(stderr).toContain(
      'trigger "vip-left": it needs write on mavera.mave for askMave; only read is granted',
    );
  });

  it('prints one document with --json', async () => {
    await grant(enough);
    const { code, stdout } = await triggers('access', triggersFile, '--json');
    expect(code).toBe(0);
    const shown = JSON.parse(stdout) as { readonly entries: readonly object[] };
    expect(shown).toMatchObject({ hasAccessFile: true, problems: [] });
    expect(shown.entries).toContainEqual({
      agent: 'trigger/vip-group',
      resource: 'mavera.workspaces',
      needs: 'read',
      has: 'read',
      isEnough: true,
      declaredBy: [{ by: 'the lookup workspace', operations: ['listWorkspaces'] }],
      grantedBy: 'access.ts',
    });
  });

  it('prints what each trigger has as Cedar policies with --cedar', async () => {
    const declared = await triggers('access', triggersFile, '--cedar');
    expect(declared.code).toBe(0);
    expect(checkParsePolicySet({ staticPolicies: declared.stdout })).toEqual({ type: 'success' });
    expect(declared.stdout).toContain(
      '  principal == Agent::"trigger/vip-group",\n  action in [Action::"listWorkspaces"],\n',
    );
    await grant({ triggers: { 'vip-left': { 'mavera.mave': 'read' } } });
    const granted = await triggers('access', triggersFile, '--cedar');
    expect(granted.code).toBe(1);
    expect(granted.stdout).toBe(
      '@level("read")\npermit (\n  principal == Agent::"trigger/vip-left",\n' +
        '  action in [Action::"listMaveThreads", Action::"readMaveThread"],\n  resource == Resource::"mavera.mave"\n);\n',
    );
    expect(granted.stderr).toContain(
      'trigger "vip-left": it needs write on mavera.mave for askMave; only read',
    );
  });
});
