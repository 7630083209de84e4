/** The words and signs of an expression, and a place between them. */
export class Tokens {
  readonly #tokens: readonly string[];
  readonly #expression: string;
  #position = 0;

  /** @throws Error for a character that no expression of DynamoDB has */
  constructor(expression: string) {
    this.#expression = expression;
    this.#tokens = expression.match(/[#:]?\w+|<=|>=|<>|[=<>(),.+-]|[^\s\w]/g) ?? [];
  }

  /** The next token, in upper case if it is a word; `undefined` at the end. */
  peek(): string | undefined {
    return this.#tokens[this.#position]?.toUpperCase();
  }

  /** The token after the next one. */
  peekSecond(): string | undefined {
    return this.#tokens[this.#position + 1];
  }

  /** @throws Error at the end */
  next(): string {
    const token = this.#tokens[this.#position];
    if (token === undefined) {
      throw this.unexpected();
    }
    this.#position += 1;
    return token;
  }

  /** Passes a token if it is the next one. */
  pass(token: string): boolean {
    if (this.peek() !== token) {
      return false;
    }
    this.#position += 1;
    return true;
  }

  /** @throws Error if another token is next */
  expect(token: string): void {
    if (!this.pass(token)) {
      throw this.unexpected();
    }
  }

  unexpected(): Error {
    const found = this.#tokens[this.#position] ?? 'the end';
    return new Error(`The simulated DynamoDB does not understand ${found} in: ${this.#expression}`);
  }
}
