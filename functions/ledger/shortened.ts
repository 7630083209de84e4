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
  const fits = (json: string): boolean => Buffer.byteLength(json) <= maxBytes;
  const whole = JSON.stringify(value);
  if (fits(whole)) {
    return whole;
  }
  const limits = textLimits(maxBytes);
  const shortest = limits.at(-1) ?? leastCharacters;
  // Otherwise a value of 300,000 members would be walked through a dozen times for nothing.
  const isLongForItsTexts = fits(withTexts(value, (text) => cutText(text, shortest)));
  for (const limit of isLongForItsTexts ? limits : []) {
    const json = withTextsMarked(value, limit);
    if (fits(json)) {
      return json;
    }
  }
  return JSON.stringify({ cut: `${cutText(withTextsMarked(value, shortest), maxBytes / 8)}${cutMark}` });
}

/** Lengths to cut texts to: from a quarter of the bytes down, halved each time. */
function textLimits(maxBytes: number): readonly number[] {
  const limits: number[] = [];
  for (let limit = maxBytes / 4; limit > leastCharacters; limit /= 2) {
    limits.push(limit);
  }
  return limits;
}

/** JSON in which texts longer than the limit are cut and marked. */
function withTextsMarked(value: unknown, limit: number): string {
  return withTexts(value, (text) => (text.length > limit ? `${cutText(text, limit)}${cutMark}` : text));
}

function withTexts(value: unknown, change: (text: string) => string): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'string' ? change(member) : member,
  );
}

/** Cuts no character in half. */
function cutText(text: string, characters: number): string {
  return text.slice(0, characters).replace(/[\uD800-\uDBFF]$/, '');
}
