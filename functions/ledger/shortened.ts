/** What people find and read of ids and sentences: run items and messages have limits. */
const maxCharacters = 1_000;

/** What a cut text ends in, within JSON. */
export const cutMark = ' […cut]';

/** Shorter texts of a JSON value are not cut. */
const leastCharacters = 10;

/** A text cut to what the ledger and the results topic keep of ids and sentences; no character is cut in half. */
export function shortened(value: string | undefined): string | undefined {
  return value === undefined || value.length <= maxCharacters ? value : `${cutText(value, maxCharacters)}…`;
}

/**
 * JSON of a value that is at most so long. Its longest texts are cut, with a mark at their end. If cutting texts is not
 * enough, the value becomes `{"cut": "…"}` with the beginning of its JSON.
 */
export function shortenedJson(
  value: Readonly<Record<string, unknown>> | readonly unknown[],
  maxBytes: number,
): string {
  const whole = jsonWithin(value, maxBytes);
  if (whole !== undefined) {
    return whole;
  }
  const limits = textLimits(maxBytes);
  const shortest = limits.at(-1) ?? leastCharacters;
  // Otherwise a value of 300,000 members would be walked through a dozen times for nothing.
  const isLongForItsTexts = jsonWithin(value, maxBytes, (text) => cutText(text, shortest)) !== undefined;
  for (const limit of isLongForItsTexts ? limits : []) {
    const json = jsonWithin(value, maxBytes, marked(limit));
    if (json !== undefined) {
      return json;
    }
  }
  const beginning = [...jsonPieces(value, maxBytes / 8, marked(shortest))].join('');
  return JSON.stringify({ cut: `${cutText(beginning, maxBytes / 8)}${cutMark}` });
}

/** JSON of a value, or `undefined` if it is longer than allowed. */
function jsonWithin(value: unknown, maxBytes: number, change?: (text: string) => string): string | undefined {
  const json = [...jsonPieces(value, maxBytes, change)].join('');
  return Buffer.byteLength(json) <= maxBytes ? json : undefined;
}

/**
 * JSON of a value; that of a list member by member, until it is longer than so many bytes. JSON of a thousand events
 * would take as much memory as the events.
 */
function* jsonPieces(
  value: unknown,
  maxBytes: number,
  change?: (text: string) => string,
): Generator<string, void> {
  if (!Array.isArray(value)) {
    yield withTexts(value, change);
    return;
  }
  let bytes = 0;
  for (const [index, member] of value.entries()) {
    const piece = `${index === 0 ? '[' : ','}${withTexts(member, change)}`;
    yield piece;
    bytes += Buffer.byteLength(piece);
    if (bytes > maxBytes) {
      return;
    }
  }
  yield value.length === 0 ? '[]' : ']';
}

/** Lengths to cut texts to: from a quarter of the bytes down, halved each time. */
function textLimits(maxBytes: number): readonly number[] {
  const limits: number[] = [];
  for (let limit = maxBytes / 4; limit > leastCharacters; limit /= 2) {
    limits.push(limit);
  }
  return limits;
}

/** Cuts and marks texts that are longer than the limit. */
function marked(limit: number): (text: string) => string {
  return (text) => (text.length > limit ? `${cutText(text, limit)}${cutMark}` : text);
}

/** As a member of a list has it: what JSON cannot write is `null` there. */
function withTexts(value: unknown, change?: (text: string) => string): string {
  const json: string | undefined =
    change === undefined
      ? JSON.stringify(value)
      : JSON.stringify(value, (_name, member: unknown) =>
          typeof member === 'string' ? change(member) : member,
        );
  return json ?? 'null';
}

/** Cuts no character in half. */
function cutText(text: string, characters: number): string {
  return text.slice(0, characters).replace(/[\uD800-\uDBFF]$/, '');
}
