/** A record with the same names and other values. */
export function mapValues<Name extends string, Value, Result>(
  record: Readonly<Record<Name, Value>>,
  map: (value: Value, name: Name) => Result,
): Readonly<Record<Name, Result>> {
  const entries = (Object.keys(record) as Name[]).map((name) => [name, map(record[name], name)]);
  return Object.fromEntries(entries) as Record<Name, Result>;
}
