import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { type PullCursor, PullCursors } from '../../functions/ledger/pullCursors.ts';
import { pullOf } from '../../functions/pulls/pullOf.ts';
import type { LocalSystem } from '../system.ts';
import { type Drained, drain } from './drain.ts';
import type { Recipe } from './recipe.ts';
import type { ObservedPull } from './recipeOutcome.ts';

/** What occurrences of pulls have come to, when no work is left. */
export interface PullsOutcome extends Drained {
  readonly pulls: readonly ObservedPull[];
}

/** Starts the pulls of which an occurrence is expected, and waits until no work is left. */
export async function pullAll(
  time: ObservedPull['time'],
  recipes: readonly Recipe[],
  system: LocalSystem,
  onProgress: (step: string) => void,
): Promise<PullsOutcome> {
  const expected = recipes.map(({ expectation: { pulls, again = {} } }) =>
    time === 'first' ? pulls : again,
  );
  const names = expected.flatMap((pulls) => Object.keys(pulls));
  const occurrences = new Map<string, string>();
  for (const name of names) {
    onProgress(`starting the pull ${name}${time === 'again' ? ' again' : ''}`);
    occurrences.set(name, await system.startPull(name));
  }
  onProgress('waiting until no work is left');
  const { left, parked } = await drain(system, recipes);
  const ledger = new LedgerTable(system.clients.dynamodb, system.resources.tableName);
  const cursors = await new PullCursors(ledger).read(names);
  const kinds = new Map(
    recipes.flatMap(({ triggers }) => triggers.map((one) => [one.name, pullOf(one)?.pull.kind] as const)),
  );
  const pulls = names.map((trigger) => ({
    trigger,
    kind: kinds.get(trigger) ?? 'pull',
    time,
    ended: endOf(cursors.get(trigger), occurrences.get(trigger)),
  }));
  return { pulls, left, parked };
}

function endOf(cursor: PullCursor | undefined, occurrence: string | undefined): ObservedPull['ended'] {
  return cursor?.last?.occurrence === occurrence ? cursor?.last : undefined;
}
