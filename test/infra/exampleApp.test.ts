import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { readSynthesizedStack } from '../../infra/synthesizedStack.ts';
import { temporaryDirectory } from './temporaryDirectory.ts';

describe('examples/cdk-app', () => {
  it('synthesizes the construct in a stack of its own, with the bundles of the functions', () => {
    const outdir = temporaryDirectory();
    const { status, stderr } = spawnSync(process.execPath, ['-C', '@mavera-triggers/source', 'app.ts'], {
      cwd: join(projectRoot, 'examples/cdk-app'),
      // CloudFormation's general rules take more than a second a stack; synthesize.test.ts has them on.
      env: { ...process.env, CDK_OUTDIR: outdir, CDK_VALIDATION: 'false' },
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    const { stackName, codeDirectories } = readSynthesizedStack(outdir);
    expect(stackName).toBe('CustomerResearch');
    const functions = Object.keys(codeDirectories).map((id) => id.replace(/[0-9A-F]{8}$/, ''));
    expect(functions.sort()).toEqual([
      'MaveraTriggersDispatcherFunction',
      'MaveraTriggersReceiverFunction',
      'MaveraTriggersRunnerFunction',
    ]);
    for (const directory of Object.values(codeDirectories)) {
      const modules = readdirSync(directory);
      expect(modules).toContain('index.mjs');
      expect(modules.every((file) => file.endsWith('.mjs'))).toBe(true);
    }
  });
});
