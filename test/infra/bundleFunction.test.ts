import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { SourceName } from '../../functions/sources/source.ts';
import {
  type BundleOptions,
  bundleFunction,
  type FunctionBundle,
} from '../../infra/bundling/bundleFunction.ts';
import { CompileError } from '../../infra/bundling/compile.ts';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { temporaryDirectory } from './temporaryDirectory.ts';

const triggersText = `import { askMave, defineTriggers } from 'mavera-triggers';
export default defineTriggers([
  { name: 'from-outside', when: 'type = "track"', run: askMave(() => ({ message: 'Why?' })) },
]);
`;
const handlerText = `import triggers from '#triggers';
export const handler = () => triggers.map(({ name }) => name);
`;

/** Bundles a handler and a triggers file in a directory outside the project. */
function bundle(
  files: Readonly<Record<string, string>> = {},
  options: Partial<BundleOptions> = {},
): FunctionBundle {
  const directory = temporaryDirectory();
  for (const [name, text] of Object.entries({
    'handler.ts': handlerText,
    'triggers.ts': triggersText,
    ...files,
  })) {
    mkdirSync(join(directory, name, '..'), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return bundleFunction({
    entry: join(directory, 'handler.ts'),
    triggersFile: join(directory, 'triggers.ts'),
    outdir: join(directory, 'out'),
    ...options,
  });
}

async function invoke({ file }: FunctionBundle): Promise<unknown> {
  const { handler } = await import(/* @vite-ignore */ pathToFileURL(file).href);
  return handler();
}

describe('bundling a function', () => {
  it('contains the triggers of the configured file, which may be anywhere', async () => {
    expect(await invoke(bundle())).toEqual(['from-outside']);
  });

  it('makes one file, and returns its size', () => {
    const { file, bytes } = bundle();
    expect(readdirSync(join(file, '..'))).toEqual(['index.mjs']);
    expect(readFileSync(file)).toHaveLength(bytes);
  });

  it('keeps the source map out of the code', () => {
    const sourceMapDirectory = join(temporaryDirectory(), 'maps');
    const { file } = bundle({}, { sourceMapDirectory });
    expect(readFileSync(file, 'utf8')).not.toContain('sourceMappingURL');
    expect(JSON.parse(readFileSync(join(sourceMapDirectory, 'index.mjs.map'), 'utf8'))).toMatchObject({
      version: 3,
    });
  });

  it('makes another module of a part that is loaded later, and returns the size of both', async () => {
    const later = {
      'handler.ts': "export const handler = async () => (await import('./later.ts')).found;\n",
      'later.ts': "export const found = 'found later';\n",
    };
    const { file, bytes, metafile } = bundle(later);
    const modules = readdirSync(join(file, '..'));
    const contents = modules.map((name) => readFileSync(join(file, '..', name)));
    expect(modules).toEqual(['index.mjs', expect.stringMatching(/^later-[A-Z0-9]+\.mjs$/)]);
    expect(bytes).toBe(contents.reduce((sum, { length }) => sum + length, 0));
    expect(Object.keys(metafile.outputs).filter((path) => path.endsWith('.mjs'))).toHaveLength(2);
    expect(await invoke({ file, bytes, metafile })).toBe('found later');
    expect(readFileSync(file, 'utf8')).not.toContain('found later');
  });

  it('makes the same bytes in every directory', () => {
    expect(readFileSync(bundle().file, 'utf8')).toBe(readFileSync(bundle().file, 'utf8'));
  });

  it('makes other bytes for other triggers', () => {
    const other = bundle({ 'triggers.ts': triggersText.replace('Why?', 'Who?') });
    expect(readFileSync(other.file, 'utf8')).not.toBe(readFileSync(bundle().file, 'utf8'));
  });

  it('defines require for CommonJS packages that call it, and only for those', async () => {
    const commonJs = bundle({
      'handler.ts': "import found from 'found';\nexport const handler = () => found;\n",
      'node_modules/found/index.js': "module.exports = typeof require('node:fs').readFileSync;\n",
    });
    expect(await invoke(commonJs)).toBe('function');
    expect(readFileSync(bundle().file, 'utf8')).not.toContain('createRequire');
  });

  it('names file, line and column of what it cannot compile', () => {
    expect(() => bundle({ 'handler.ts': "import 'not-installed';\n" })).toThrow(CompileError);
    expect(() => bundle({ 'handler.ts': "import 'not-installed';\n" })).toThrow(
      /handler\.ts:1:8: Could not resolve "not-installed"$/,
    );
  });
});

describe.each(['receiver', 'runner'])('the bundle of the %s', (name) => {
  const bundled = bundleFunction({
    entry: join(projectRoot, 'functions', `${name}.ts`),
    triggersFile: join(projectRoot, 'triggers.ts'),
    outdir: temporaryDirectory(),
  });
  const inputs = Object.keys(bundled.metafile.inputs);

  it('takes credentials from the environment, without the default provider chain', () => {
    expect(inputs).toContain('functions/aws/environmentCredentials.ts');
    expect(inputs.filter((input) => input.includes('/credential-provider-node/'))).toEqual([]);
  });

  it('has nothing of what the SDK carries for other operations', () => {
    const others =
      /\/(?:middleware-endpoint-discovery|endpoint-cache|mnemonist|core\/dist-es\/submodules\/event-streams)\//;
    expect(inputs.filter((input) => others.test(input))).toEqual([]);
  });

  it('contains the triggers of the project', () => {
    expect(inputs).toContain('triggers.ts');
  });

  it('imports only Node.js at run time', () => {
    const imported = Object.values(bundled.metafile.outputs).flatMap(({ imports }) => imports);
    expect(imported.filter(({ path, external }) => external === true && !path.startsWith('node:'))).toEqual(
      [],
    );
  });

  it('formats no number while it is imported: the first one takes 7 ms at each cold start', () => {
    const program = [
      'Number.prototype.toLocaleString = () => { throw new Error("toLocaleString at import"); };',
      'Intl.NumberFormat = Intl.DateTimeFormat = class { constructor() { throw new Error("Intl at import"); } };',
      'await import(process.argv[1]).catch((error) => console.log(error.message));',
      'process.exit();',
    ].join('\n');
    const args = ['--input-type=module', '--eval', program, pathToFileURL(bundled.file).href];
    // Without the variables of a function the entry throws, after all of its modules were evaluated.
    const output = execFileSync(process.execPath, args, { encoding: 'utf8' });
    expect(output).toMatch(/environment variables are not as the stack sets them/);
  });

  it('does not import node:http, whose exports take 40 ms to load at each cold start', () => {
    for (const path of Object.keys(bundled.metafile.outputs).filter((output) => output.endsWith('.mjs'))) {
      expect(readFileSync(resolve(projectRoot, path), 'utf8')).not.toMatch(/(from|import)\s*"node:http"/);
    }
  });

  it('exports a handler', async () => {
    expect(readFileSync(bundled.file, 'utf8')).toMatch(/export\{[^}]*\bas handler\b[^}]*\}/);
  });
});

describe('the bundle of the receiver', () => {
  const inputsOf = (
    ...sources: readonly SourceName[]
  ): { readonly bytes: number; readonly own: string[] } => {
    const { metafile, bytes } = bundleFunction({
      entry: join(projectRoot, 'functions/receiver.ts'),
      triggersFile: join(projectRoot, 'triggers.ts'),
      outdir: temporaryDirectory(),
      sources: new Set(sources),
    });
    const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    );
    return { bytes, own: used.filter((path) => /^functions\/sources\/(sendgrid|segops)\//.test(path)) };
  };

  it('imports nothing of the AWS SDK until an event has to be claimed and queued', () => {
    const { metafile } = bundleFunction({
      entry: join(projectRoot, 'functions/receiver.ts'),
      triggersFile: join(projectRoot, 'triggers.ts'),
      outdir: temporaryDirectory(),
    });
    const outputs = new Map(
      Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]),
    );
    const filesOf = (names: ReadonlySet<string>): readonly string[] =>
      [...names].flatMap((name) => Object.keys(outputs.get(name)?.inputs ?? {}));
    const reached = (...kinds: readonly string[]): ReadonlySet<string> => {
      const found = new Set(['index.mjs']);
      for (const name of found) {
        for (const { path, kind } of outputs.get(name)?.imports ?? []) {
          if (kinds.includes(kind) && outputs.has(basename(path))) {
            found.add(basename(path));
          }
        }
      }
      return found;
    };
    const isSdk = (file: string): boolean => /\/(?:@aws-sdk|@smithy)\//.test(file);
    const atOnce = filesOf(reached('import-statement'));
    expect(atOnce).toContain('functions/receiver.ts');
    expect(atOnce.filter(isSdk)).toEqual([]);
    const inAll = filesOf(reached('import-statement', 'dynamic-import'));
    expect(inAll.filter((file) => file.includes('/client-dynamodb/'))).not.toEqual([]);
    expect(inAll.filter((file) => file.includes('/client-sqs/'))).not.toEqual([]);
  });

  it('has nothing of a source that no trigger names', () => {
    expect(inputsOf('segment').own).toEqual([]);
    expect(inputsOf('segment', 'segops').own.some((path) => path.includes('/sendgrid/'))).toBe(false);
  });

  it('has the sources that triggers name', () => {
    expect(inputsOf('segment', 'sendgrid').own).toContain('functions/sources/sendgrid/authenticate.ts');
    expect(inputsOf('segops').own).toContain('functions/sources/segops/authenticate.ts');
  });

  it('has at most 320,000 bytes for Segment alone, and more with another source', () => {
    const { bytes } = inputsOf('segment');
    expect(bytes).toBeLessThanOrEqual(320_000);
    expect(inputsOf('segment', 'sendgrid').bytes).toBeGreaterThan(bytes);
  });
});

describe('the library that reads user agents', () => {
  const filesOf = (entry: string, triggersFile: string): readonly string[] => {
    const options = { entry: join(projectRoot, 'functions', entry), triggersFile };
    const { metafile } = bundleFunction({ ...options, outdir: temporaryDirectory() });
    return Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  };

  it.each(['receiver.ts', 'runner.ts'])('is in %s only if the triggers file imports deviceOf', (entry) => {
    const counting = join(temporaryDirectory(), 'triggers.ts');
    writeFileSync(
      counting,
      `import { askMave, defineTriggers, deviceOf, trigger } from 'mavera-triggers';
      const collect = { within: '1h', tally: deviceOf };
      export default defineTriggers([
        trigger({ name: 'devices', when: 'event = "x"', collect }, askMave(() => ({ message: 'Why?' }))),
      ]);`,
    );
    const hasIt = (files: readonly string[]): boolean => files.some((file) => file.includes('/bowser/'));
    expect(hasIt(filesOf(entry, join(projectRoot, 'triggers.ts')))).toBe(false);
    expect(hasIt(filesOf(entry, counting))).toBe(true);
  });
});
