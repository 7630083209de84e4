/**
 * The name that was probably meant: the most similar one, if at most a third of its letters differ.
 *
 * @example closestName('runerConcurrency', ['runnerConcurrency', 'environmentName']) // 'runnerConcurrency'
 */
export function closestName(wrong: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, distance: editDistance(wrong.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= best.name.length / 3 ? best.name : undefined;
}

/** Letters that were added, left out, replaced, or swapped with the next one (optimal string alignment), row by row. */
function editDistance(from: string, to: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [fromIndex, letter] of [...from].entries()) {
    const next = [fromIndex + 1];
    for (const [toIndex, other] of [...to].entries()) {
      const replaced = (row[toIndex] ?? 0) + (letter === other ? 0 : 1);
      const isSwapped = letter === to[toIndex - 1] && other === from[fromIndex - 1];
      const swapped = isSwapped ? (before[toIndex - 1] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, swapped, (row[toIndex + 1] ?? 0) + 1, (next[toIndex] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[to.length] ?? 0;
}
