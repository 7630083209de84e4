/**
 * A value as an error message shows it. JSON cannot write NaN, Infinity, BigInt and functions. For a value that cannot be
 * written at all, such as an object that contains itself, the type is shown.
 */
export function shown(value: unknown): string {
  try {
    return ['number', 'bigint', 'function', 'symbol'].includes(typeof value)
      ? String(value)
      : (JSON.stringify(value) ?? 'undefined');
  } catch {
    return `a value of type ${typeof value} that cannot be shown`;
  }
}

/** A problem for each unknown member, which most often is a misspelt one. */
export function unknownFields(value: object, known: ReadonlySet<string>): string[] {
  return Object.keys(value)
    .filter((field) => !known.has(field))
    .map((field) => `${field}: there is no such field; the fields are ${[...known].join(', ')}`);
}

/** The message of something that was thrown: a function of a triggers file may throw anything. */
export function thrownMessage(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return `a value of type ${typeof thrown}`;
  }
}
