import { InvalidArgumentError } from 'commander';

const shortest = 6;

/**
 * Reads a run's id or its beginning.
 *
 * @returns it in lower case, like ids
 * @throws InvalidArgumentError for any other text
 */
export function parseRunIdPrefix(text: string): string {
  const prefix = text.toLowerCase();
  if (!/^[0-9a-f]{6,40}$/.test(prefix)) {
    throw new InvalidArgumentError(
      `Expected the id of a run (40 characters of 0-9 and a-f), or at least its first ${shortest} characters.`,
    );
  }
  return prefix;
}

/** Adds one more prefix to those before it. */
export function collectRunIdPrefixes(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, parseRunIdPrefix(text)];
}
