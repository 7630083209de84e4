import { execFile } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { commandName } from '../../cli/commandName.ts';
import { tooOldNode } from '../../cli/nodeVersion.ts';
import { modulePath } from '../../infra/bundling/projectRoot.ts';

describe('the version of Node.js', () => {
  it.each([
    ['22.12.0', '22.12'],
    ['22.23.3', '22.12'],
    ['24.0.0', '22.12'],
    ['24.21.0', '24.0'],
    ['20.20.2', '20.0'],
  ])('%s is new enough for %s', (version, least) => {
    expect(tooOldNode('mavera-triggers ops', version, least)).toBeUndefined();
  });

  it.each([
    ['20.20.2', '22.12'],
    ['22.11.0', '22.12'],
    ['23.9.0', '24.0'],
  ])('%s is too old for %s, and the message says how to get another', (version, least) => {
    expect(tooOldNode('mavera-triggers dev', version, least)).toBe(
      `mavera-triggers dev needs Node.js ${least} or later, but this is ${version}. To install it for this folder alone: ` +
        'npm install --save-dev node@24. npm scripts and npx then use it.',
    );
  });
});

describe('the name in a usage line', () => {
  it.each([
    ['/app/node_modules/.bin/mavera-triggers', 'npx mavera-triggers ops'],
    ['/app/node_modules/mavera-triggers/dist/cli/mavera-triggers.js', 'npx mavera-triggers ops'],
    ['/project/cli/ops.ts', 'ops'],
    [undefined, 'ops'],
  ])('of %s is %s', (script, name) => {
    expect(commandName('ops', script)).toBe(name);
  });
});

describe('the command of the package', () => {
  it.each([
    [['--help'], 0, 'Usage: npx mavera-triggers <command> [options]'],
    [['--version'], 0, /^\d+\.\d+\.\d+\n$/],
    [['ops', '--help'], 0, 'Usage: npx mavera-triggers ops'],
    [['tirggers'], 2, 'There is no command "tirggers" (did you mean triggers?)'],
  ])('answers %j', async (args, exitCode, text) => {
    const { code, output } = await run(args);
    expect(code).toBe(exitCode);
    expect(output).toMatch(text);
  });
});

function run(args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [modulePath('cli/mavera-triggers.ts'), ...args], (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
    });
  });
}
