/** What a cut text ends in. */
export const cutMark = ' […cut]';

/**
 * JSON of a value, its longest texts cut, with a mark at their end, until it has no more than so many bytes. What is
 * long for another reason than its texts becomes `{"cut": "…"}`: what fits of it, as text.
 */
export function shortenedJson(
  value: Readonly<Record<string, unknown>> | readonly unknown[],
  maxBytes: number,
): string {
  let json = JSON.stringify(value);
  for (let limit = maxBytes / 4; Buffer.byteLength(json) > maxBytes && limit > 10; limit /= 2) {
    json = JSON.stringify(value, (_name, member: unknown) =>
      typeof member === 'string' && member.length > limit ? cutText(member, limit) : member,
    );
  }
  return Buffer.byteLength(json) > maxBytes ? JSON.stringify({ cut: cutText(json, maxBytes / 8) }) : json;
}

/** Cuts no character in half. */
function cutText(text: string, characters: number): string {
  return `${text.slice(0, characters).replace(/[\uD800-\uDBFF]$/, '')}${cutMark}`;
}
