import { checkComparison } from './fqlComparison.ts';
import { FqlSyntaxError, stringFields, stringValue } from './fqlToken.ts';
import { lex, type Token } from './segmentFql.ts';

const objectFields: ReadonlySet<string> = new Set(['context', 'properties', 'traits']);
/** How Segment's editor writes an array index: `products.\[0\].brand`, without its backslashes here. */
const arrayElement = /^[^.[\]]*(?:\[\d+\])+$/;
const functionNames: ReadonlySet<string> = new Set(['contains', 'match']);

/**
 * Refuses a filter that Segment's own evaluator would silently misread. `@segment/destination-subscriptions` drops
 * a condition on an unknown field (so the rest matches more often than meant), keeps single quotes as part of the
 * value, and applies the last `and`/`or` of a level to all conditions of that level.
 *
 * @throws FqlSyntaxError with the part in question and the fix
 */
export function checkFqlSyntax(fql: string): void {
  if (fql.includes('\\"')) {
    throw new FqlSyntaxError(
      'it has an escaped quote, which FQL cannot read; use contains or match on another part of the string',
    );
  }
  const { tokens, error } = lex(fql);
  if (error !== undefined && error !== null) {
    throw new FqlSyntaxError(`it cannot be read: ${error.message}`);
  }
  const reader = new TokenReader(tokens ?? []);
  readConditions(reader, 'top');
  if (!reader.isAtEnd()) {
    throw new FqlSyntaxError(`"${reader.peek()?.value}" is unexpected here; join conditions with and / or`);
  }
}

class TokenReader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens.filter((token) => token.type !== 'eos');
  }

  isAtEnd(): boolean {
    return this.#next >= this.#tokens.length;
  }

  peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  take(expected: string): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) {
      throw new FqlSyntaxError(`it ends where ${expected} is expected`);
    }
    this.#next += 1;
    return token;
  }

  takeType(type: string, expected: string): Token {
    const token = this.take(expected);
    if (token.type !== type) {
      throw new FqlSyntaxError(`"${token.value}" was found where ${expected} is expected`);
    }
    return token;
  }
}

type Level = 'top' | 'group';

function readConditions(reader: TokenReader, level: Level): void {
  readCondition(reader, level);
  let joinedBy: string | undefined;
  while (reader.peek()?.type === 'conditional') {
    const { value } = reader.take('and / or');
    if (joinedBy !== undefined && joinedBy !== value) {
      throw new FqlSyntaxError(
        'it mixes and with or on one level, where Segment applies the last one to all; use parentheses',
      );
    }
    joinedBy = value;
    readCondition(reader, level);
  }
}

function readCondition(reader: TokenReader, level: Level): void {
  const token = reader.take('a condition');
  if (token.type === 'parenleft') {
    readGroup(reader, level);
  } else if (token.type === 'operator' && token.value === '!') {
    readFunction(reader, reader.takeType('ident', 'contains or match').value, level);
  } else if (token.type !== 'ident') {
    throw new FqlSyntaxError(`"${token.value}" was found where a field is expected`);
  } else if (reader.peek()?.type === 'parenleft') {
    readFunction(reader, token.value, level);
  } else {
    const field = readField(reader, token.value);
    const operator = reader.takeType('operator', `an operator after ${field}`).value;
    checkComparison(field, operator, reader.take(`a value for ${field}`));
  }
}

function readGroup(reader: TokenReader, level: Level): void {
  if (level === 'group') {
    throw new FqlSyntaxError('it has parentheses inside parentheses, which Segment cannot read');
  }
  readConditions(reader, 'group');
  reader.takeType('parenright', 'a closing parenthesis');
}

function readFunction(reader: TokenReader, name: string, level: Level): void {
  if (!functionNames.has(name)) {
    throw new FqlSyntaxError(`there is no function "${name}"; use contains or match`);
  }
  reader.takeType('parenleft', 'an opening parenthesis');
  const field = readField(reader, reader.takeType('ident', 'a field').value);
  if (field === 'type') {
    throw new FqlSyntaxError(`${name}(type, …) is ignored by Segment; compare type with = instead`);
  }
  reader.takeType('comma', 'a comma');
  const pattern = stringValue(reader.takeType('string', 'a string in double quotes'));
  reader.takeType('parenright', 'a closing parenthesis');
  if (level === 'group' && reader.peek()?.type === 'conditional') {
    throw new FqlSyntaxError(
      `${name}(…) comes before another condition inside parentheses, where Segment takes its closing ` +
        'parenthesis as the end of the group; put it last in the group',
    );
  }
  const stars = pattern.split('*').length - 1;
  if (name === 'match' && (stars !== 1 || !(pattern.startsWith('*') || pattern.endsWith('*')))) {
    throw new FqlSyntaxError(
      `match(${field}, "${pattern}") needs exactly one *, at the start or the end of the string; Segment misreads anything else`,
    );
  }
}

function readField(reader: TokenReader, root: string): string {
  let field = root;
  while (reader.peek()?.type === 'dot') {
    reader.take('a dot');
    const { value } = reader.takeType('ident', `a name after "${field}."`);
    if (/[.[\]]/.test(value) && !arrayElement.test(value)) {
      throw new FqlSyntaxError(
        `"${value}" has an escaped dot or bracket, which Segment reads as the next name of the path`,
      );
    }
    field += `.${value}`;
  }
  if (stringFields.has(field) || (objectFields.has(root) && field !== root)) {
    return field;
  }
  throw new FqlSyntaxError(
    `"${field}" is not a field that Segment filters by, so it would ignore this condition; ` +
      'use type, event, name, userId, properties.…, traits.… or context.…',
  );
}
