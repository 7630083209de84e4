import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const made: string[] = [];

/** A new empty directory. It is removed after the tests of the file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'mavera-triggers-test-'));
  made.push(directory);
  return directory;
}

/** The path of a new triggers file with this text. It is removed after the tests of the file. */
export function fileWith(text: string): string {
  const file = join(temporaryDirectory(), 'triggers.ts');
  writeFileSync(file, text);
  return file;
}

afterAll(() => {
  for (const directory of made) {
    rmSync(directory, { recursive: true, force: true });
  }
});
