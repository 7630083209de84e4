import { Duration } from 'aws-cdk-lib/core';

/** The settings cannot be used. The message says why, in sentences for the person who deploys. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Everything before the last `@` of a string. In a URL, however malformed, that is where a password stands. */
const credentials = /"(\w+:\/\/)?(?:[^"\\]|\\.)*@/gs;

/** A value as an error message shows it, without the password of a URL. */
export function shownValue(value: unknown): string {
  const text = value instanceof Duration ? value.toHumanString() : (JSON.stringify(value) ?? String(value));
  return text.replace(credentials, '"$1…@');
}
