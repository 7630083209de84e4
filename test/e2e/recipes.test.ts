import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { recipeNames } from '../../local/recipes/recipeNames.ts';

interface Started {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `npm start -- --recipes` comes to. */
async function startRecipes(): Promise<Started> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { PATH = '', NODE_COMPILE_CACHE = '', TMPDIR = '/tmp' } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, TMPDIR };
  return await new Promise((resolve) => {
    const script = `${root}/local/start.ts`;
    execFile(process.execPath, [script, '--recipes'], { cwd: root, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

it('all recipes run in one system, and each comes to what is expected of it', async () => {
  const { code, stdout, stderr } = await startRecipes();
  const lines = stdout.split('\n');
  const verdicts = recipeNames().map((name) => {
    const line = lines.find((one) => one.startsWith(`${name} `)) ?? '';
    return [name, line.split(/\s+/).at(-1)];
  });
  // With all that was printed, so that a failure tells why.
  expect({ code, verdicts, printed: code === 0 ? '' : `${stderr}${stdout}` }).toEqual({
    code: 0,
    verdicts: recipeNames().map((name) => [name, 'yes']),
    printed: '',
  });
});
