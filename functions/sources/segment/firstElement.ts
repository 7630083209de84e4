const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const opening: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const closing: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/**
 * The JSON of the first element of an array, found without parsing, because an array that is not authenticated may be
 * made to be costly. For invalid JSON the result is some string or `undefined`; parsing finds that out later.
 */
export function firstElement(array: string): string | undefined {
  if (!array.startsWith('[')) {
    return undefined;
  }
  let depth = 0;
  let isInString = false;
  for (let index = 1; index < array.length; index += 1) {
    const character = array.charCodeAt(index);
    if (isInString) {
      index += character === backslash ? 1 : 0;
      isInString = character !== quote;
    } else if (character === quote) {
      isInString = true;
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
