import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bundleFunction } from '../../infra/bundling/bundleFunction.ts';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { temporaryDirectory } from './temporaryDirectory.ts';
import { testStack } from './testStack.ts';

const triggersText = `import { askMave, createPersona, defineTriggers } from 'mavera-triggers';
export default defineTriggers([
  { name: 'asked', when: 'type = "track"', run: askMave(() => ({ message: 'Why?' })) },
  { name: 'made', when: 'type = "page"', run: createPersona(() => ({ pipeline_type: 'north_star', type: 'B2B', name: 'A', description: 'B' })) },
]);
`;
const importing = "import { defineAccess } from 'mavera-triggers';\n";
const granting = (triggers: string): string =>
  `${importing}export default defineAccess({ triggers: { ${triggers} } });\n`;
const asked = "asked: { 'mavera.mave': 'write', 'mavera.usage': 'read' }";
const made = "made: { 'mavera.personas': 'write', 'mavera.usage': 'read' }";

/** The path of a triggers file, with an access file beside it. */
function triggersBeside(access?: string): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'triggers.ts'), triggersText);
  if (access !== undefined) {
    writeFileSync(join(directory, 'access.ts'), access);
  }
  return join(directory, 'triggers.ts');
}

describe('a deployment with an access file', () => {
  const problemOf = (access: string): string => {
    try {
      testStack({ triggersFile: triggersBeside(access) });
    } catch (error) {
      return String(error);
    }
    return '';
  };

  it('is made if the file grants all that the triggers need', () => {
    expect(problemOf(granting(`${asked}, ${made}`))).toBe('');
    expect(problemOf(granting(`${asked.replace('write', 'full')}, ${made}`))).toBe('');
  });

  it('is refused with each trigger that lacks something, and what it lacks', () => {
    const lines = problemOf(granting('')).split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^SettingsError: trigger "asked": .*write.* mavera\.mave\b/);
    expect(lines[1]).toMatch(/^trigger "asked": .*read.* mavera\.usage\b/);
    expect(lines[2]).toMatch(/^trigger "made": .*write.* mavera\.personas\b/);
    expect(lines[3]).toMatch(/^trigger "made": .*read.* mavera\.usage\b/);
  });

  it('is refused for a level that is too low, and for a trigger that does not exist', () => {
    const tooLow = "made: { 'mavera.personas': 'read', 'mavera.usage': 'read' }";
    const lines = problemOf(granting(`${asked}, ${tooLow}, gone: {}`)).split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('trigger "gone": there is no such trigger');
    expect(lines[1]).toMatch(/^trigger "made": .*write.* mavera\.personas\b/);
  });
});

describe('a bundle', () => {
  const bundle = (
    name: string,
    triggersFile: string,
  ): { readonly inputs: string[]; readonly file: string } => {
    const entry = join(projectRoot, 'functions', `${name}.ts`);
    const { metafile, file } = bundleFunction({ entry, triggersFile, outdir: temporaryDirectory() });
    return { inputs: Object.keys(metafile.inputs), file };
  };
  const ofAccess = (inputs: readonly string[]): readonly string[] =>
    inputs.filter((path) => /(?:^|\/)(?:access|defineAccess)\.ts$/.test(path));

  it('has the access file in the runner', async () => {
    const { inputs } = bundle('runner', triggersBeside(granting(asked)));
    expect(ofAccess(inputs).filter((path) => path.endsWith('/access.ts'))).toHaveLength(1);
  });

  it('gives an entry what the file grants', async () => {
    const triggersFile = triggersBeside(granting(asked));
    const entry = triggersFile.replace('triggers.ts', 'handler.ts');
    writeFileSync(entry, "import grants from '#access';\nexport const handler = () => grants;\n");
    const { file } = bundleFunction({ entry, triggersFile, outdir: temporaryDirectory() });
    const { handler } = await import(/* @vite-ignore */ pathToFileURL(file).href);
    expect(handler()).toEqual({ 'trigger/asked': { 'mavera.mave': 'write', 'mavera.usage': 'read' } });
  });

  it('has nothing of it where there is none', () => {
    expect(bundle('runner', triggersBeside()).inputs).toContain('functions/access/noAccess.ts');
    expect(bundle('runner', triggersBeside()).inputs.some((path) => path.endsWith('/access.ts'))).toBe(false);
  });

  it.each(['receiver', 'dispatcher'])('of the %s never has it', (name) => {
    const { inputs } = bundle(name, triggersBeside(granting(asked)));
    expect(inputs.some((path) => path.endsWith('/access.ts') || path.endsWith('/noAccess.ts'))).toBe(false);
  });
});
