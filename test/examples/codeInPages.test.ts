import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkGrants } from '../../functions/access/defineAccess.ts';
import { loadDefaultExport } from '../../infra/bundling/loadDefaultExport.ts';
import { loadTriggers } from '../../infra/bundling/loadTriggers.ts';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';

/** A whole file that a page shows: it imports from the package and has a default export. */
interface ShownFile {
  /** Page and line, such as `docs/triggers.md:30`. */
  readonly place: string;
  readonly code: string;
}

const pages = ['README.md', ...globSync('docs/**/*.md', { cwd: projectRoot })];
const files = pages.flatMap(filesOf);
/** Inside the project, where the package finds itself by its name. */
let directory: string;

function filesOf(page: string): readonly ShownFile[] {
  const text = readFileSync(join(projectRoot, page), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].flatMap(({ 1: code = '', index }) => {
    const isFile = code.includes("from 'mavera-triggers'") && code.includes('export default ');
    return isFile ? [{ place: `${page}:${text.slice(0, index).split('\n').length + 1}`, code }] : [];
  });
}

function pathOf({ place }: ShownFile): string {
  return join(directory, `${place.replaceAll(/\W/g, '-')}.ts`);
}

beforeAll(() => {
  mkdirSync(join(projectRoot, '.local'), { recursive: true });
  directory = mkdtempSync(join(projectRoot, '.local', 'pages-'));
  for (const file of files) {
    writeFileSync(pathOf(file), file.code);
  }
});

afterAll(() => rmSync(directory, { recursive: true }));

describe('the files that README and docs show', () => {
  it('are there', () => {
    expect(files.length).toBeGreaterThan(4);
  });

  it.each(files)('$place can be used as it is', (file) => {
    if (file.code.includes('defineTriggers(')) {
      expect(loadTriggers(pathOf(file)).length).toBeGreaterThan(0);
      return;
    }
    const ending = 'export default defineAccess({ … })';
    const path = pathOf(file);
    checkGrants(loadDefaultExport({ setting: 'accessFile', path, ending }, path));
  });

  it('have no type errors', () => {
    const config = { extends: '../../tsconfig.json', include: ['*.ts'] };
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
    const compile = (): string =>
      execFileSync(join(projectRoot, 'node_modules/.bin/tsc'), ['--project', directory], {
        encoding: 'utf8',
        stdio: 'pipe',
      });
    expect(outputOf(compile)).toBe('');
  });
});

/** What a command printed, also if it failed. */
function outputOf(command: () => string): string {
  try {
    return command();
  } catch (error) {
    return String((error as { readonly stdout?: unknown }).stdout);
  }
}
