import { InvalidArgumentError } from 'commander';

/** The rule of `defineTriggers`. */
const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

/** Reads the name of a trigger. @throws InvalidArgumentError for a text that cannot be one */
export function parseTriggerName(text: string): string {
  if (!namePattern.test(text)) {
    throw new InvalidArgumentError(
      'Expected 1 to 64 characters of a-z, 0-9 and -, without - at the beginning or end.',
    );
  }
  return text;
}
