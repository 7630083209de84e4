/** A string as TypeScript source, in single quotes. */
export function stringSource(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner}'`;
}

/** Lines with an indent of so many spaces; empty lines stay empty. */
export function indented(lines: readonly string[], spaces: number): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `${' '.repeat(spaces)}${line}`));
}

/** The longest line of a literal that is written on one line. */
const longestLine = 100;

/** An object as source, with what stands before and after it: on one line, or with a line for each member. */
export function literalLines(
  before: string,
  value: Readonly<Record<string, unknown>>,
  after: string,
): readonly string[] {
  const members = Object.entries(value).map(([key, inner]) => `${keySource(key)}: ${literal(inner)}`);
  const line = `${before}{ ${members.join(', ')} }${after}`;
  return line.length <= longestLine
    ? [line]
    : [
        `${before}{`,
        ...indented(
          members.map((member) => `${member},`),
          2,
        ),
        `}${after}`,
      ];
}

/** A JSON value as TypeScript source. */
function literal(value: unknown): string {
  if (typeof value === 'string') {
    return stringSource(value);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return JSON.stringify(value);
  }
  const members = Object.entries(value).map(([key, inner]) => `${keySource(key)}: ${literal(inner)}`);
  return `{ ${members.join(', ')} }`;
}

function keySource(key: string): string {
  if (key === '__proto__') {
    return "['__proto__']";
  }
  return /^[A-Za-z_]\w*$/.test(key) ? key : stringSource(key);
}
