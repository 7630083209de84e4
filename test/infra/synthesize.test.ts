import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { SynthesisError, synthesize } from '../../infra/synthesize.ts';
import { readSynthesizedStack, type SynthesizedStack } from '../../infra/synthesizedStack.ts';
import { temporaryDirectory } from './temporaryDirectory.ts';

const configuredOutdir = temporaryDirectory();
let configured: SynthesizedStack;

beforeAll(async () => {
  configured = await synthesize({
    outdir: configuredOutdir,
    context: { environmentName: 'test', maveraBaseUrl: 'http://127.0.0.1:9/api/v1', runnerConcurrency: 2 },
  });
});

describe('synthesizing', () => {
  it('makes template and code from the settings', () => {
    const { stackName, templatePath, codeDirectories } = configured;
    const template = JSON.parse(readFileSync(templatePath, 'utf8'));
    const ids = Object.keys(codeDirectories);

    expect(stackName).toBe('MaveraTriggers-test');
    expect(template.Outputs.SegmentSecretName.Value).toBe('mavera-triggers/test/segment');
    expect(ids.map((id) => id.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual([
      'DispatcherFunction',
      'ReceiverFunction',
      'RunnerFunction',
    ]);
    const sourceMaps = join(configuredOutdir, 'source-maps', 'MaveraTriggerstest');
    expect(readdirSync(sourceMaps).sort()).toEqual(['dispatcher', 'receiver', 'runner']);
    for (const [id, directory] of Object.entries(codeDirectories)) {
      const modules = readdirSync(directory);
      const name = id.replace(/Function[0-9A-F]{8}$/, '').toLowerCase();
      expect(modules).toContain('index.mjs');
      expect(modules.every((file) => file.endsWith('.mjs'))).toBe(true);
      expect(readdirSync(join(sourceMaps, name))).toEqual(modules.map((file) => `${file}.map`));
    }
  });

  it.each([
    ['a setting', { runnerConcurrency: '1001' }, 'Setting runnerConcurrency is "1001"; give a whole number'],
    [
      'a key',
      { runnerConcurency: '3' },
      'There is no setting runnerConcurency (did you mean runnerConcurrency?)',
    ],
    [
      'the triggers file',
      { triggersFile: '/nowhere/triggers.ts' },
      'triggersFile: /nowhere/triggers.ts does not',
    ],
  ])('fails with one line if %s is wrong', async (_, context, message) => {
    const error = await synthesize({ outdir: temporaryDirectory(), context }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(SynthesisError);
    expect((error as SynthesisError).message.split('\n')).toEqual([expect.stringContaining(message)]);
  });

  it('can be aborted', async () => {
    const synthesis = synthesize({ outdir: temporaryDirectory(), signal: AbortSignal.timeout(50) });
    await expect(synthesis).rejects.toThrow(/abort/i);
  });
});

describe('triggers that pull', () => {
  it('are accepted, and their files come with the puller', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'ids.csv'), 'id\nu1\n');
    writeFileSync(join(directory, 'triggers.ts'), pullingTriggers);
    const { codeDirectories, templatePath } = await synthesize({
      outdir: temporaryDirectory(),
      context: { triggersFile: join(directory, 'triggers.ts') },
    });
    const [puller = ''] = Object.entries(codeDirectories).flatMap(([id, code]) =>
      id.startsWith('PullerFunction') ? [code] : [],
    );
    expect(readdirSync(puller)).toEqual(expect.arrayContaining(['files', 'index.mjs']));
    expect(readFileSync(join(puller, 'files/ids.csv'), 'utf8')).toBe('id\nu1\n');
    const { Outputs } = JSON.parse(readFileSync(templatePath, 'utf8'));
    expect(Object.keys(JSON.parse(Outputs.Pulls.Value))).toHaveLength(8);
  });
});

/** One pull of each kind, and one that catches up. */
const pullingTriggers = `
import { askMave, audiencePreview, defineTriggers, idsFrom, segmentAudiences, segmentProfiles, segopsSegments,
  sendgridAbTests, sendgridContacts, sendgridStats, trigger } from 'mavera-triggers';
const run = askMave(() => ({ message: 'Why?' }));
const pulling = (name, from) => trigger({ name, from, every: '7d' }, run);
const profilesOf = (of) => segmentProfiles({ space: 'spa_1', of, traits: ['ltv'] });
export default defineTriggers([
  pulling('audiences', segmentAudiences({ space: 'spa_1' })),
  pulling('preview', profilesOf(audiencePreview('aud_1'))),
  pulling('file', profilesOf(idsFrom('./ids.csv'))),
  pulling('object', profilesOf(idsFrom('s3://bucket/ids.csv'))),
  pulling('stats', sendgridStats({ by: ['device'] })),
  pulling('ab-tests', sendgridAbTests({})),
  pulling('contacts', sendgridContacts({ all: true, groupBy: 'country', fields: ['age'] })),
  { name: 'recomputed', source: 'segops', when: 'event = "Segment Recomputed"', run,
    catchUp: { from: segopsSegments({ tenant: 'acme' }), every: '30m' } },
]);
`;

describe('infra/checkedApp.ts', () => {
  const outdir = temporaryDirectory();
  const { context } = JSON.parse(readFileSync(join(projectRoot, 'cdk.json'), 'utf8'));
  const { NODE_COMPILE_CACHE = '' } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['infra/checkedApp.ts'], {
    cwd: projectRoot,
    encoding: 'utf8',
    env: {
      PATH: '',
      HOME: '/nowhere',
      NODE_COMPILE_CACHE,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify(context),
    },
  });

  it("passes CloudFormation's own rules without output, without an AWS account or a home directory", () => {
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });

  it('makes the same code each time, whatever the settings are', () => {
    const hashes = ({ codeDirectories }: SynthesizedStack): readonly string[] =>
      Object.values(codeDirectories).map((directory) => basename(directory));
    expect(hashes(readSynthesizedStack(outdir))).toEqual(hashes(configured));
  });
});
