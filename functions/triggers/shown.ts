/** A value as an error shows it. JSON has no NaN, no Infinity, no BigInt and no functions. */
export function shown(value: unknown): string {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'function'
    ? String(value)
    : (JSON.stringify(value) ?? 'undefined');
}

/** A problem for each member that is not known, which is most often a misspelt one. */
export function unknownFields(value: object, known: ReadonlySet<string>): string[] {
  return Object.keys(value)
    .filter((field) => !known.has(field))
    .map((field) => `${field}: there is no such field; the fields are ${[...known].join(', ')}`);
}
