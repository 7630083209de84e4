import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkGrants } from '../../functions/access/defineAccess.ts';
import * as mavera from '../../functions/index.ts';
import { loadDefaultExport } from '../../infra/bundling/loadDefaultExport.ts';
import { loadTriggers } from '../../infra/bundling/loadTriggers.ts';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';

/** Code that a page shows. */
interface ShownCode {
  /** Page and line, such as `docs/triggers.md:30`. */
  readonly place: string;
  readonly code: string;
  /** Whether it is a whole file: it imports from the package and has a default export. */
  readonly isFile: boolean;
}

/** Pages all of whose code is compiled, also what is no whole file. */
const compiledPages: readonly string[] = ['docs/pulls.md', 'docs/recipes.md', 'docs/testing.md'];
const pages = ['README.md', ...globSync('docs/**/*.md', { cwd: projectRoot })];
const shown = pages.flatMap(codeOf);
const files = shown.filter(({ isFile }) => isFile);
const parts = shown.filter(
  ({ place, isFile }) => !isFile && compiledPages.some((page) => place.startsWith(`${page}:`)),
);
/** Inside the project, where the package finds itself by its name. */
let directory: string;

function codeOf(page: string): readonly ShownCode[] {
  const text = readFileSync(join(projectRoot, page), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(({ 1: code = '', index }) => ({
    place: `${page}:${text.slice(0, index).split('\n').length + 1}`,
    code,
    isFile: code.includes("from 'mavera-triggers'") && code.includes('export default '),
  }));
}

function pathOf({ place }: ShownCode): string {
  return join(directory, `${place.replaceAll(/\W/g, '-')}.ts`);
}

/** A part of a file as a file: a trigger, or an expression, with the names that it uses imported. Imports stay as they are. */
function wholeOf(code: string): string {
  if (code.startsWith('import ')) {
    return code;
  }
  const whole = code.startsWith('{') ? `defineTriggers([${code}])` : code;
  const names = Object.keys(mavera).filter((name) => new RegExp(`\\b${name}\\b`).test(whole));
  return `import { ${names.join(', ')} } from 'mavera-triggers';\n\nexport const shown = ${whole};\n`;
}

/** Names by which parts import the whole file above them. */
const importedNames = ['mine.ts', 'triggers.ts'];

/** The whole file above a part that imports it. */
function mineOf({ place }: ShownCode): ShownCode | undefined {
  const [page, line] = place.split(':');
  return files.findLast(
    (file) => file.place.startsWith(`${page}:`) && Number(file.place.split(':')[1]) < Number(line),
  );
}

beforeAll(() => {
  mkdirSync(join(projectRoot, '.local'), { recursive: true });
  directory = mkdtempSync(join(projectRoot, '.local', 'pages-'));
  for (const file of files) {
    writeFileSync(pathOf(file), file.code);
  }
  for (const part of parts) {
    writeFileSync(pathOf(part), wholeOf(part.code));
    for (const name of importedNames.filter((one) => part.code.includes(`from './${one}'`))) {
      writeFileSync(join(directory, name), mineOf(part)?.code ?? '');
    }
  }
});

afterAll(() => rmSync(directory, { recursive: true }));

describe('the code that README and docs show', () => {
  it('is there', () => {
    expect(files.length).toBeGreaterThan(4);
    expect(parts.length).toBeGreaterThan(2);
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

  it('has no type errors, as whole files and in parts', () => {
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
