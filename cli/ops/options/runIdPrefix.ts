import { InvalidArgumentError } from 'commander';

const shortest = 6;

/**
 * Reads a run's id or its beginning.
 *
 * @returns it in lower case, as ids are
 * @throws InvalidArgumentError for what is neither
 */
export function parseRunIdPrefix(text: string): string {
  const prefix = text.toLowerCase();
  if (!/^[0-9a-f]{6,40}$/.test(prefix)) {
    throw new InvalidArgumentError(
      `Expected a run's id, 40 of 0-9 and a-f, or its first ${shortest} or more characters.`,
    );
  }
  return prefix;
}

/** Adds one more to those that were given before. */
export function collectRunIdPrefixes(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, parseRunIdPrefix(text)];
}
