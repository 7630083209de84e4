import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';

const page = readFileSync(join(projectRoot, 'docs/testing.md'), 'utf8');
const [triggers = '', ...tests] = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(({ 1: code = '' }) => code);
/** Inside the project, where the package finds itself by its name. */
let directory: string;

beforeAll(() => {
  mkdirSync(join(projectRoot, '.local'), { recursive: true });
  directory = mkdtempSync(join(projectRoot, '.local', 'testing-page-'));
  writeFileSync(join(directory, 'triggers.ts'), triggers);
});

afterAll(() => rmSync(directory, { recursive: true }));

describe('the examples of docs/testing.md', () => {
  it('docs/testing.md has examples', () => {
    expect(tests).toHaveLength(3);
  });

  it('the examples of docs/testing.md pass in plain node --test, from the sources', async () => {
    const files = tests.map((code, index) => {
      const file = join(directory, `example-${index}.test.ts`);
      writeFileSync(file, code);
      return file;
    });
    const runner = ['--test', '--test-reporter=tap', '--conditions=@mavera-triggers/source', ...files];
    const { NODE_TEST_CONTEXT: _ofVitest, ...env } = process.env;
    const { stdout } = await promisify(execFile)(process.execPath, runner, { env, encoding: 'utf8' }).catch(
      (error: unknown) => error as { readonly stdout: string },
    );
    expect(stdout).toMatch(/^# pass 10$/m);
    expect(stdout).toMatch(/^# fail 0$/m);
  });
});
