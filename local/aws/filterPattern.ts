/** Whether a line passes a filter. */
export type LogTest = (line: string) => boolean;

/** A pattern that cannot be read; the message says where. */
export class InvalidPatternError extends Error {
  override readonly name = 'InvalidPatternError';
}

type JsonTest = (value: unknown) => boolean;

const tokenForm = /\s*(&&|\|\||!=|>=|<=|[()=<>]|"(?:[^"\\]|\\.)*"|[^\s()=<>!&|"]+)/y;

/**
 * Reads a filter pattern of CloudWatch Logs: none (every line passes), terms that a line has to contain (`ERROR "not found"`),
 * or comparisons of JSON members with `&&`, `||` and parentheses (`{ $.record = "call" && $.status >= 400 }`).
 *
 * Source: CloudWatch Logs user guide, "Filter pattern syntax". Not here: regular expressions, `?term`, `-term`, lists in
 * brackets, `IS NULL`, `EXISTS` and array indexes.
 *
 * @throws InvalidPatternError
 */
export function parseFilterPattern(pattern: string): LogTest {
  const text = pattern.trim();
  if (!text.startsWith('{')) {
    const terms = tokensOf(text).map(unquoted);
    return (line) => terms.every((term) => line.includes(term));
  }
  if (!text.endsWith('}')) {
    throw new InvalidPatternError('the pattern has no closing }');
  }
  const reader = new PatternReader(tokensOf(text.slice(1, -1)));
  const test = reader.readAll();
  return (line) => {
    const value = parseObject(line);
    return value !== undefined && test(value);
  };
}

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  const form = new RegExp(tokenForm);
  while (form.lastIndex < text.trimEnd().length) {
    const at = form.lastIndex;
    const token = form.exec(text)?.[1];
    if (token === undefined) {
      throw new InvalidPatternError(`the pattern cannot be read at character ${at + 1}`);
    }
    tokens.push(token);
  }
  return tokens;
}

/** Reads comparisons; `&&` binds more tightly than `||`. */
class PatternReader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  readAll(): JsonTest {
    const test = this.#readOr();
    if (this.#at < this.#tokens.length) {
      throw new InvalidPatternError(`${this.#tokens[this.#at]} is not expected`);
    }
    return test;
  }

  #readOr(): JsonTest {
    const tests = [this.#readAnd()];
    while (this.#takeIf('||')) {
      tests.push(this.#readAnd());
    }
    return (value) => tests.some((test) => test(value));
  }

  #readAnd(): JsonTest {
    const tests = [this.#readOne()];
    while (this.#takeIf('&&')) {
      tests.push(this.#readOne());
    }
    return (value) => tests.every((test) => test(value));
  }

  #readOne(): JsonTest {
    if (this.#takeIf('(')) {
      const test = this.#readOr();
      if (!this.#takeIf(')')) {
        throw new InvalidPatternError('a ) is missing');
      }
      return test;
    }
    const [path = '', operator = '', operand = ''] = this.#tokens.slice(this.#at, this.#at + 3);
    this.#at += 3;
    if (!/^\$(\.[\w-]+)+$/.test(path)) {
      throw new InvalidPatternError(`${path || 'the end'} is not a member such as $.record`);
    }
    const compare = comparisons[operator];
    if (compare === undefined || operand === '') {
      throw new InvalidPatternError(`${path} is not compared with a value`);
    }
    const names = path.split('.').slice(1);
    return (value) => compare(memberOf(value, names), operand);
  }

  #takeIf(token: string): boolean {
    const isThere = this.#tokens[this.#at] === token;
    this.#at += isThere ? 1 : 0;
    return isThere;
  }
}

const comparisons: Readonly<Record<string, (value: unknown, operand: string) => boolean>> = {
  '=': isEqual,
  '!=': (value, operand) => value !== undefined && !isEqual(value, operand),
  '>': (value, operand) => typeof value === 'number' && value > Number(operand),
  '>=': (value, operand) => typeof value === 'number' && value >= Number(operand),
  '<': (value, operand) => typeof value === 'number' && value < Number(operand),
  '<=': (value, operand) => typeof value === 'number' && value <= Number(operand),
};

/** `*` in an operand stands for anything. */
function isEqual(value: unknown, operand: string): boolean {
  if (value === null || value === undefined || typeof value === 'object') {
    return false;
  }
  const literal = unquoted(operand)
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 's').test(String(value));
}

function unquoted(token: string): string {
  return token.startsWith('"') ? token.slice(1, -1).replaceAll(/\\(.)/g, '$1') : token;
}

function memberOf(value: unknown, names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
        ? Reflect.get(inner, name)
        : undefined,
    value,
  );
}

function parseObject(line: string): object | undefined {
  if (!line.startsWith('{')) {
    return undefined;
  }
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
