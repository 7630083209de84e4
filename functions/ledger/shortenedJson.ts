/** What a cut text ends in. */
export const cutMark = ' […cut]';

/** Shorter texts are not cut. */
const leastCharacters = 10;

/**
 * JSON of a value, its longest texts cut, with a mark at their end, until it has no more than so many bytes. What is
 * long for another reason than its texts becomes `{"cut": "…"}`: what fits of it, as text.
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
  // A value of 300,000 members is not walked through a dozen times in vain.
  const isLongForItsTexts = fits(withTexts(value, (text) => cutText(text, shortest)));
  for (const limit of isLongForItsTexts ? limits : []) {
    const json = withTextsMarked(value, limit);
    if (fits(json)) {
      return json;
    }
  }
  return JSON.stringify({ cut: `${cutText(withTextsMarked(value, shortest), maxBytes / 8)}${cutMark}` });
}

/** From a quarter of the bytes down, halved each time. */
function textLimits(maxBytes: number): readonly number[] {
  const limits: number[] = [];
  for (let limit = maxBytes / 4; limit > leastCharacters; limit /= 2) {
    limits.push(limit);
  }
  return limits;
}

/** JSON with the texts of more than so many characters cut, and marked as such. */
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
