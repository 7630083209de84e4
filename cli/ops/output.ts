/** Where a command writes. */
export interface Output {
  /** Whether the reader is a program. */
  readonly isJson: boolean;
  /** Text for people. */
  text(text: string): void;
  /** JSON for programs: a whole document, indented. */
  document(value: unknown): void;
  /** JSON for programs: one line for each value. */
  lines(values: readonly unknown[]): void;
  /** Progress and warnings, on standard error. */
  note(text: string): void;
}

/** Control characters that a terminal would obey, except line feeds: shown texts may come from customers' events. */
const notForTerminals = /[^\P{Cc}\n]|\p{Bidi_Control}/gu;

/** Writes to this process's standard output and standard error. */
export function processOutput(isJson: boolean): Output {
  return {
    isJson,
    text: (text) => process.stdout.write(`${text.replace(notForTerminals, '\uFFFD')}\n`),
    document: (value) => process.stdout.write(`${escaped(JSON.stringify(value, undefined, 2))}\n`),
    lines: (values) =>
      process.stdout.write(values.map((value) => `${escaped(JSON.stringify(value))}\n`).join('')),
    note: (text) => process.stderr.write(`${text.replace(notForTerminals, '\uFFFD')}\n`),
  };
}

/** The same JSON with control characters escaped. */
function escaped(json: string): string {
  return json.replace(
    notForTerminals,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
