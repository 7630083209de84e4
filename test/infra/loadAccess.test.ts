import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accessFileOf } from '../../infra/bundling/accessFileOf.ts';
import { loadAccess } from '../../infra/bundling/loadAccess.ts';
import { TriggersFileError } from '../../infra/bundling/loadTriggers.ts';
import { temporaryDirectory } from './temporaryDirectory.ts';

const importing = "import { defineAccess } from 'mavera-triggers';\n";

/** Path of a triggers file that has an access file with this text beside it. */
function besideAccess(text: string, name = 'access.ts'): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, name), text);
  return join(directory, 'triggers.ts');
}

function refusal(text: string): string {
  const triggersFile = besideAccess(text);
  try {
    loadAccess(triggersFile);
  } catch (error) {
    expect(error).toBeInstanceOf(TriggersFileError);
    return (error as Error).message.replaceAll(accessFileOf(triggersFile) ?? '', 'FILE');
  }
  return 'it was loaded';
}

describe('loading the access file', () => {
  it('gives nothing without a file beside the triggers file', () => {
    const triggersFile = join(temporaryDirectory(), 'triggers.ts');
    expect(accessFileOf(triggersFile)).toBeUndefined();
    expect(loadAccess(triggersFile)).toBeUndefined();
  });

  it('gives what the file grants', () => {
    const text = `${importing}export default defineAccess({ triggers: { a: { 'mavera.mave': 'write' } } });\n`;
    expect(loadAccess(besideAccess(text))).toEqual({ 'trigger/a': { 'mavera.mave': 'write' } });
    expect(loadAccess(besideAccess(`${importing}export default defineAccess({});\n`))).toEqual({});
  });
});

describe('an access file in JavaScript', () => {
  it('is found too', () => {
    const text = `${importing}export default defineAccess({ triggers: { a: { 'mavera.mave': 'write' } } });\n`;
    expect(loadAccess(besideAccess(text, 'access.js'))).toEqual({ 'trigger/a': { 'mavera.mave': 'write' } });
  });
});

describe('an access file is refused', () => {
  it('if it has no default export', () => {
    expect(refusal('export const access = {};\n')).toBe(
      'accessFile: FILE has no default export; write export default defineAccess({ triggers: { … } })',
    );
  });

  it('if its default export is not made by defineAccess', () => {
    expect(refusal("export default { triggers: { a: { 'mavera.mave': 'write' } } };\n")).toBe(
      'accessFile: FILE: The access file cannot be used:\n' +
        '  the default export has to be made by defineAccess({ triggers: { … } })',
    );
  });

  it('if it names a resource that does not exist, with the trigger', () => {
    const text = `${importing}export default defineAccess({ triggers: { a: { 'mavera.mav': 'write' } } } as never);\n`;
    expect(refusal(text)).toContain(
      '  trigger "a": mavera.mav: there is no such resource; the resources are',
    );
  });

  it('if it cannot be compiled or throws', () => {
    expect(refusal('export default {;\n')).toBe(
      'accessFile: FILE cannot be compiled: FILE:1:17: Expected identifier but found ";"',
    );
    expect(refusal("throw new Error('no');\n")).toBe('accessFile: FILE throws when it is loaded: no');
  });
});
