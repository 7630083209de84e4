/**
 * Measures each of several things `rounds` times, in turns, every other round backwards, so that a machine that
 * becomes slower or faster meanwhile does so to all of them.
 *
 * @returns for each name, its results in order
 */
export async function inTurns<Name extends string, Subject, Result>(
  subjects: Readonly<Record<Name, Subject>>,
  rounds: number,
  measure: (subject: Subject, name: Name) => Promise<Result>,
): Promise<Readonly<Record<Name, readonly Result[]>>> {
  const names = Object.keys(subjects) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Result[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      results[name].push(await measure(subjects[name], name));
    }
  }
  return results;
}
