/** Pairs of letters that have the same hash if it multiplies by 31 (Java) or by 33 (DJB2, old PHP). */
const equalPairs = [
  ['Aa', 'BB'],
  ['Ez', 'FY'],
] as const;
/** 2^16 keys. */
const pairsOfKey = 16;
/** V8 hashes a small integer key to that integer; these have the same lower bits. */
const integerKeys = 16_384;

/** Keys that all have the same hash in a naive hash table, or in V8's tables of integers. */
export function collidingKeys(turn: number): readonly string[] {
  const pairs = equalPairs[turn % (equalPairs.length + 1)];
  if (pairs === undefined) {
    return Array.from({ length: integerKeys }, (_, index) => String(index * 1_024));
  }
  return Array.from({ length: 2 ** pairsOfKey }, (_, index) =>
    Array.from({ length: pairsOfKey }, (_pair, bit) => pairs[(index >> bit) & 1]).join(''),
  );
}

/** Different keys, each as short as possible. */
export function manyKeys(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `k${index.toString(36)}`);
}
