import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Answers } from '../../../cli/init/answers.ts';
import { InitError } from '../../../cli/init/initError.ts';
import { filesText } from '../../../cli/init/initReport.ts';
import { makeApp } from '../../../cli/init/makeApp.ts';
import { newTriggers } from '../../../cli/init/newTrigger.ts';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import { temporaryDirectory } from '../../infra/temporaryDirectory.ts';

const answers: Answers = {
  kind: 'events',
  triggers: newTriggers([{ source: 'segment', name: 'churn_signal' }], {
    action: 'askMave',
    cooldown: '24h',
    budget: 1_000,
  }),
};

const allFiles = [
  '.gitignore',
  'README.md',
  'app.ts',
  'cdk.json',
  'events/churn-signal.ndjson',
  'package.json',
  'test/triggers.test.ts',
  'triggers.ts',
  'tsconfig.json',
];

/** The files of a folder, with their contents. */
function filesOf(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    names.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')] as const).sort(),
  );
}

describe('an app that is made', () => {
  it('has its files, also in a folder that is not there yet', () => {
    const folder = join(temporaryDirectory(), 'new', 'research');
    makeApp(folder, answers, false);
    expect(Object.keys(filesOf(folder))).toEqual(allFiles);
  });

  it('is not written by a dry run, which tells of the same files', () => {
    const folder = join(temporaryDirectory(), 'research');
    const planned = makeApp(folder, answers, true);
    expect(existsSync(folder)).toBe(false);
    const made = makeApp(folder, answers, false);
    expect(planned.files).toEqual(made.files);
    expect(filesText(planned.files, true)).toContain('would write  triggers.ts');
  });

  it('overwrites nothing: each file that is there is kept, and it says what would have been in it', () => {
    const folder = temporaryDirectory();
    mkdirSync(join(folder, 'events'));
    mkdirSync(join(folder, 'test'));
    const kept = allFiles.filter((name) => name !== 'package.json');
    for (const name of kept) {
      writeFileSync(join(folder, name), `mine: ${name}`);
    }
    const { files, remarks } = makeApp(folder, answers, false);
    for (const name of kept) {
      expect(readFileSync(join(folder, name), 'utf8')).toBe(`mine: ${name}`);
    }
    const lines = filesText(files, false).split('\n');
    expect(lines.filter((line) => line.includes('kept'))).toHaveLength(kept.length);
    expect(lines.find((line) => line.includes('triggers.ts'))).toBeDefined();
    expect(lines.join('\n')).toContain(
      'triggers.ts  (as it is; new it would have: churn-signal: "churn_signal" of Segment asks Mave a question',
    );
    expect(remarks.join('\n')).toContain('Add to .gitignore: node_modules/ cdk.out/ .mavera-triggers/');
  });

  it('is completed by a second run, wherever the first one was interrupted', () => {
    const whole = temporaryDirectory();
    makeApp(whole, answers, false);
    const complete = filesOf(whole);
    for (const missing of Object.keys(complete)) {
      rmSync(join(whole, missing));
      const { files } = makeApp(whole, answers, false);
      expect(filesOf(whole)).toEqual(complete);
      const written = files.filter(({ outcome }) => outcome === 'written').map(({ file }) => file.path);
      expect(written).toEqual([missing]);
    }
  });

  it('adds an app to a triggers file, without events and tests that do not belong to it', () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'triggers.ts'), 'mine');
    makeApp(folder, undefined, false);
    expect(Object.keys(filesOf(folder))).toEqual(allFiles.filter((name) => !/^(events|test)\//.test(name)));
  });

  it('asks for no line of .gitignore that is there in another form', () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, '.gitignore'), '/node_modules\ncdk.out\n.mavera-triggers/\n');
    expect(makeApp(folder, answers, false).remarks).toEqual([]);
  });

  it('writes nothing if package.json cannot be used', () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}');
    expect(() => makeApp(folder, answers, false)).toThrow(InitError);
    expect(readdirSync(folder)).toEqual(['package.json']);
  });

  it('says what the file system refuses', () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'events'), 'a file');
    expect(() => makeApp(folder, answers, false)).toThrow('events/churn-signal.ndjson cannot be written: ');
    expect(() => makeApp(join(folder, 'events'), answers, false)).toThrow(InitError);
  });

  it('is not made in the repository itself', () => {
    expect(() => makeApp(projectRoot, answers, false)).toThrow('the folder of mavera-triggers itself');
  });
});
