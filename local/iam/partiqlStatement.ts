/** What a PartiQL statement does, and to which table or index. */
export interface PartiqlTarget {
  readonly verb: 'Select' | 'Insert' | 'Update' | 'Delete';
  readonly table: string;
  readonly index?: string;
}

/** A table or index as DynamoDB's PartiQL names it: `"Table"`, `"Table"."Index"`, or a bare word. */
const name = String.raw`(?:"([^"]+)"|([\w-]+))`;
const target = String.raw`${name}(?:\s*\.\s*${name})?`;

const statements: readonly (readonly [PartiqlTarget['verb'], RegExp])[] = [
  ['Insert', new RegExp(String.raw`^\s*INSERT\s+INTO\s+${target}`, 'i')],
  ['Update', new RegExp(String.raw`^\s*UPDATE\s+${target}`, 'i')],
  ['Delete', new RegExp(String.raw`^\s*DELETE\s+FROM\s+${target}`, 'i')],
  ['Select', new RegExp(String.raw`^\s*(?:SELECT|EXISTS\s*\(\s*SELECT)\s[\s\S]*?\sFROM\s+${target}`, 'i')],
];

/**
 * Reads verb and table of a PartiQL statement; `undefined` for any other text.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
 */
export function partiqlTarget(statement: string): PartiqlTarget | undefined {
  for (const [verb, pattern] of statements) {
    const match = pattern.exec(statement);
    if (match !== null) {
      const table = match[1] ?? match[2] ?? '';
      const index = match[3] ?? match[4];
      return { verb, table, ...(index === undefined ? {} : { index }) };
    }
  }
  return undefined;
}
