import * as fc from 'fast-check';

/** A string with pieces removed, added, doubled or cut off. It is close enough to a valid one to get far. */
export function brokenText(texts: fc.Arbitrary<string>, pieces: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat({ max: 6 }),
    how: fc.constantFrom('take out', 'put in', 'double', 'cut off'),
    piece: pieces,
  });
  return fc
    .tuple(texts, fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([text, changes]) => changes.reduce(changed, text));
}

interface Change {
  readonly at: number;
  readonly length: number;
  readonly how: string;
  readonly piece: string;
}

function changed(text: string, { at, length, how, piece }: Change): string {
  const start = Math.floor(at * text.length);
  const [before, after] = [text.slice(0, start), text.slice(start)];
  switch (how) {
    case 'take out':
      return before + after.slice(length);
    case 'put in':
      return before + piece + after;
    case 'double':
      return before + after.slice(0, length) + after;
    default:
      return before;
  }
}
