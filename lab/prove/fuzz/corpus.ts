import { mkdtempSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FuzzTarget } from './fuzzTarget.ts';

const corpusDirectory = join(import.meta.dirname, 'corpus');

/** An input of the corpus. */
export interface CorpusInput {
  readonly file: string;
  readonly input: unknown;
}

/**
 * The inputs that are kept for a target, by name: inputs that have failed once, and other difficult ones.
 *
 * @throws Error that names a file which is not an input of the target
 */
export async function readCorpus({ name, schema }: FuzzTarget): Promise<readonly CorpusInput[]> {
  const directory = join(corpusDirectory, name);
  const files = (await readdir(directory).catch(() => [])).filter((file) => file.endsWith('.json')).sort();
  return await Promise.all(
    files.map(async (file) => {
      const result = schema.safeParse(JSON.parse(await readFile(join(directory, file), 'utf8')));
      if (!result.success) {
        throw new Error(
          `${join(directory, file)} is not an input of the fuzz target ${name}: ${result.error.message}`,
        );
      }
      return { file, input: result.data };
    }),
  );
}

/** Writes a counterexample to a file. @returns a sentence that says where it is */
export function howToKeep({ name }: FuzzTarget, input: unknown): string {
  const file = join(mkdtempSync(join(tmpdir(), 'mavera-fuzz-')), 'counterexample.json');
  writeFileSync(file, `${JSON.stringify(input, undefined, 2)}\n`);
  return `to have it replayed from now on: cp ${file} lab/prove/fuzz/corpus/${name}/<what-it-is>.json`;
}
