import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

interface Started {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `npm start -- <args>` comes to. */
async function start(...args: readonly string[]): Promise<Started> {
  const script = fileURLToPath(new URL('../../local/start.ts', import.meta.url));
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  return await new Promise((resolve) => {
    execFile(
      process.execPath,
      [script, ...args],
      { env: { PATH, NODE_COMPILE_CACHE } },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

describe('npm start', () => {
  it('says with --help which recipes there are, and how one is run', async () => {
    const { code, stdout } = await start('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('\n  audience-focus-groups\n');
    expect(stdout).toContain('npm start -- --recipe audience-focus-groups');
    expect(stdout).not.toMatch(/^ {2}all$/m);
  });

  it('names all recipes when there is none of this name, and the one that was probably meant', async () => {
    const { code, stdout, stderr } = await start('--recipe', 'audience-focus-group');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^There is no recipe audience-focus-group\. Did you mean audience-focus-groups\? The recipes are:\n/,
    );
    expect(stderr).toContain('\n  unified-persona\n');
    expect((await start('--recipe', 'xyz')).stderr).toMatch(/^There is no recipe xyz\. The recipes are:\n/);
  });

  it.each([
    [['--recipe'], "error: option '--recipe <name>' argument missing"],
    [['--recepie', 'x'], "error: unknown option '--recepie'\n(Did you mean --recipe?)"],
    [['audience-focus-groups'], 'error: too many arguments'],
    [
      ['--recipe', 'x', '--recipes'],
      "error: option '--recipe <name>' cannot be used with option '--recipes'",
    ],
  ])('ends with exit code 2 for wrong options, and says how it is used: %j', async (args, message) => {
    const { code, stderr } = await start(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain('npm start -- --help');
  });
});
