import { lex, type Token } from '@segment/fql-ts';
import { segmentEventTypes } from '../sources/segment/event.ts';

const textFields: ReadonlySet<string> = new Set(['type', 'event', 'name', 'userId']);
const objectFields: ReadonlySet<string> = new Set(['context', 'properties', 'traits']);
const functionNames: ReadonlySet<string> = new Set(['contains', 'match']);
const eventTypes: ReadonlySet<string> = new Set(segmentEventTypes);

/** A Filter Query Language text that Segment's evaluator would refuse, or read otherwise than it says. */
export class FqlSyntaxError extends Error {
  override readonly name = 'FqlSyntaxError';
}

/**
 * Refuses an FQL text that Segment's own evaluator would silently misread. `@segment/destination-subscriptions`
 * passes over what it does not know (a condition on an unknown field is dropped, and the rest fires more often
 * than meant), keeps single quotes as part of the value, and lets the last `and`/`or` of a level decide for all.
 *
 * @throws FqlSyntaxError naming the text in question and the fix
 */
export function checkFqlSyntax(fql: string): void {
  const { tokens, error } = lex(fql);
  if (error !== undefined && error !== null) {
    throw new FqlSyntaxError(`it cannot be read: ${error.message}`);
  }
  const reader = new TokenReader(tokens ?? []);
  readConditions(reader, 'top');
  if (!reader.isAtEnd()) {
    throw new FqlSyntaxError(`"${reader.peek()?.value}" is not expected here; join conditions with and / or`);
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
      throw new FqlSyntaxError(`"${token.value}" stands where ${expected} is expected`);
    }
    return token;
  }
}

function readConditions(reader: TokenReader, level: 'top' | 'group'): void {
  readCondition(reader, level);
  let joinedBy: string | undefined;
  while (reader.peek()?.type === 'conditional') {
    const { value } = reader.take('and / or');
    if (joinedBy !== undefined && joinedBy !== value) {
      throw new FqlSyntaxError(
        'it mixes and with or on one level, where Segment lets the last one decide for all; use parentheses',
      );
    }
    joinedBy = value;
    readCondition(reader, level);
  }
}

function readCondition(reader: TokenReader, level: 'top' | 'group'): void {
  const token = reader.take('a condition');
  if (token.type === 'parenleft') {
    if (level === 'group') {
      throw new FqlSyntaxError('it has parentheses inside parentheses, which Segment cannot read');
    }
    readConditions(reader, 'group');
    reader.takeType('parenright', 'a closing parenthesis');
    return;
  }
  if (token.type === 'operator' && token.value === '!') {
    readFunction(reader, reader.takeType('ident', 'contains or match').value);
    return;
  }
  if (token.type !== 'ident') {
    throw new FqlSyntaxError(`"${token.value}" stands where a field is expected`);
  }
  if (reader.peek()?.type === 'parenleft') {
    readFunction(reader, token.value);
    return;
  }
  readComparison(reader, token.value);
}

function readFunction(reader: TokenReader, name: string): void {
  if (!functionNames.has(name)) {
    throw new FqlSyntaxError(`there is no function "${name}" here; use contains or match`);
  }
  reader.takeType('parenleft', 'an opening parenthesis');
  const field = readField(reader, reader.takeType('ident', 'a field').value);
  if (field === 'type') {
    throw new FqlSyntaxError(`${name}(type, …) is not evaluated by Segment; compare type with = instead`);
  }
  reader.takeType('comma', 'a comma');
  const pattern = readText(reader.takeType('string', 'a text in double quotes'));
  reader.takeType('parenright', 'a closing parenthesis');
  const stars = pattern.split('*').length - 1;
  if (name === 'match' && (stars !== 1 || !(pattern.startsWith('*') || pattern.endsWith('*')))) {
    throw new FqlSyntaxError(
      `match(${field}, "${pattern}") needs one * at the start or the end of the text, else Segment misreads it`,
    );
  }
}

function readComparison(reader: TokenReader, root: string): void {
  const field = readField(reader, root);
  const operator = reader.takeType('operator', `an operator after ${field}`).value;
  const token = reader.take(`a value for ${field}`);
  if (field === 'type' || field === 'event') {
    readNamedValue(field, operator, token);
    return;
  }
  const isKeyword = token.type === 'ident' && (token.value === 'true' || token.value === 'false');
  if (token.type === 'string') {
    readText(token);
  } else if (token.type !== 'number' && token.type !== 'null' && !isKeyword) {
    throw new FqlSyntaxError(`${field} ${operator} ${token.value}: put the text in double quotes`);
  }
}

/** `type` and `event` are always compared as text. */
function readNamedValue(field: string, operator: string, token: Token): void {
  if (token.type !== 'string') {
    throw new FqlSyntaxError(
      `${field} ${operator} ${token.value}: compare ${field} with a text in double quotes`,
    );
  }
  const text = readText(token);
  if (text === '' && operator === '=') {
    throw new FqlSyntaxError(`${field} = "" never matches an event`);
  }
  if (field === 'type' && !eventTypes.has(text)) {
    throw new FqlSyntaxError(`type ${operator} "${text}": the types are ${segmentEventTypes.join(', ')}`);
  }
}

function readField(reader: TokenReader, root: string): string {
  let field = root;
  while (reader.peek()?.type === 'dot') {
    reader.take('a dot');
    field += `.${reader.takeType('ident', `a name after "${field}."`).value}`;
  }
  if (textFields.has(field) || (objectFields.has(root) && field !== root)) {
    return field;
  }
  throw new FqlSyntaxError(
    `"${field}" is not a field that Segment filters by, and it would pass over this condition; ` +
      'use type, event, name, userId, properties.…, traits.… or context.…',
  );
}

function readText(token: Token): string {
  if (token.value.startsWith("'")) {
    const fixed = `"${token.value.slice(1, -1)}"`;
    throw new FqlSyntaxError(
      `${token.value} is in single quotes, which Segment takes as part of the text, so that it never matches; write ${fixed}`,
    );
  }
  return token.value.slice(1, -1);
}
