const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const opening: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const closing: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/**
 * The text of the first element of a JSON array, found without parsing: an array that nobody has vouched for may be
 * made to cost much. What is not JSON gives some text, or `undefined`; parsing tells it later.
 */
export function firstElement(array: string): string | undefined {
  if (!array.startsWith('[')) {
    return undefined;
  }
  let depth = 0;
  let isInText = false;
  for (let index = 1; index < array.length; index += 1) {
    const character = array.charCodeAt(index);
    if (isInText) {
      index += character === backslash ? 1 : 0;
      isInText = character !== quote;
    } else if (character === quote) {
      isInText = true;
    } else if (depth === 0 && (character === comma || closing.has(character))) {
      return array.slice(1, index);
    } else {
      depth += depthChange(character);
    }
  }
  return undefined;
}

function depthChange(character: number): number {
  return Number(opening.has(character)) - Number(closing.has(character));
}
