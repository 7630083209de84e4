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
  const { value: end } = endsOfElements(array).next();
  return end === undefined ? undefined : array.slice(1, end);
}

/** The index at which each element of a JSON array, or each member of an object, ends; found without parsing. */
export function* endsOfElements(container: string): Generator<number, undefined> {
  let depth = 0;
  let isInString = false;
  for (let index = 1; index < container.length; index += 1) {
    const character = container.charCodeAt(index);
    if (isInString) {
      index += character === backslash ? 1 : 0;
      isInString = character !== quote;
    } else if (character === quote) {
      isInString = true;
    } else if (depth === 0 && closing.has(character)) {
      yield index;
      return;
    } else if (depth === 0 && character === comma) {
      yield index;
    } else {
      depth += depthChange(character);
    }
  }
}

function depthChange(character: number): number {
  return Number(opening.has(character)) - Number(closing.has(character));
}
