import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';

/** Both paths, as `npm run paths` prints them. */
async function followPaths(): Promise<string> {
  const script = join(projectRoot, 'lab/paths/paths.ts');
  // Exit code 1 says that a limit does not hold; the output is the same.
  const { stdout } = await promisify(execFile)(process.execPath, [
    '-C',
    '@mavera-triggers/source',
    script,
  ]).catch((error: { readonly stdout: string }) => error);
  return stdout;
}

describe('npm run paths', () => {
  it('lists the files that one webhook and one run go through', async () => {
    const [webhook = '', run = ''] = (await followPaths()).split('\n\n');
    expect(webhook).toMatch(/^One webhook: \d+ files, at most 14: holds$/m);
    expect(webhook).toMatch(/^ {2}functions\/receive\/receive\.ts: receive, /m);
    expect(webhook).not.toContain('functions/run/');
    expect(run).toMatch(/^One run: \d+ files, at most 32: holds$/m);
    expect(run).toMatch(/^ {2}functions\/systems\/systemsGate\.ts: callMavera, /m);
    expect(run).not.toContain('functions/receive/');
  });
});
