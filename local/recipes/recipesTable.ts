import { formatTable } from '../../cli/formatTable.ts';
import { creditsOf, type ObservedPull, type RecipeOutcome } from './recipeOutcome.ts';

const columns = [
  { heading: 'recipe' },
  { heading: 'posted', align: 'right' },
  { heading: 'pulled', align: 'right' },
  { heading: 'unchanged', align: 'right' },
  { heading: 'runs', align: 'right' },
  { heading: 'requests', align: 'right' },
  { heading: 'credits', align: 'right' },
  { heading: 'as expected' },
] as const;

/** A table with a line for each recipe, and one for all. `unchanged` counts items that a second occurrence has seen again. */
export function recipesTable(outcomes: readonly RecipeOutcome[]): string {
  const rows = outcomes.map(countsOf);
  const sum = rows.reduce((total, row) => total.map((count, index) => count + (row[index] ?? 0)));
  const cells = (counts: readonly number[]): readonly string[] =>
    counts.map((count) => (count === 0 ? '' : count.toLocaleString('en')));
  return formatTable(columns, [
    ...outcomes.map(({ recipe, differences }, index) => [
      recipe.name,
      ...cells(rows[index] ?? []),
      differences.length === 0 ? 'yes' : 'NO',
    ]),
    ['all', ...cells(sum), outcomes.every(({ differences }) => differences.length === 0) ? 'yes' : 'NO'],
  ]);
}

function countsOf({ posted, pulls, runs }: RecipeOutcome): readonly number[] {
  const itemsOf = (time: ObservedPull['time'], member: 'items' | 'unchanged'): number =>
    pulls
      .filter((pull) => pull.time === time)
      .reduce((total, { ended }) => total + (ended?.counts[member] ?? 0), 0);
  const done = runs.filter(({ state }) => state === 'done');
  return [
    posted.reduce((total, { events }) => total + events, 0),
    itemsOf('first', 'items'),
    itemsOf('again', 'unchanged'),
    done.length,
    done.filter(({ request }) => request !== undefined).length,
    creditsOf(runs),
  ];
}
