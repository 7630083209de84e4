import { InvalidArgumentError } from 'commander';

/** As `defineTriggers` demands. */
const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

/** Reads the name of a trigger. @throws InvalidArgumentError for what no trigger can be called */
export function parseTriggerName(text: string): string {
  if (!namePattern.test(text)) {
    throw new InvalidArgumentError(
      'A trigger has 1 to 64 characters of a-z, 0-9 and -, without - at the beginning or end.',
    );
  }
  return text;
}
