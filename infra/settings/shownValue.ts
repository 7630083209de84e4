import { Duration } from 'aws-cdk-lib/core';

/** What stands before the last `@` of a text, and is a name and a password in a URL, however it is written. */
const credentials = /"(\w+:\/\/)?(?:[^"\\]|\\.)*@/gs;

/** A value as an error shows it, without a password that stands in a URL. */
export function shownValue(value: unknown): string {
  const text = value instanceof Duration ? value.toHumanString() : (JSON.stringify(value) ?? String(value));
  return text.replace(credentials, '"$1…@');
}
