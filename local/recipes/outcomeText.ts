import type { RecipesOutcome } from './recipeOutcome.ts';
import { recipeReport } from './recipeReport.ts';
import { recipesTable } from './recipesTable.ts';

/**
 * What recipes have come to, as text: one recipe in full, several as a table.
 *
 * @param width of the lines
 */
export function outcomeText(outcome: RecipesOutcome, width: number): string {
  const { recipes, bootMs, runMs } = outcome;
  const [one, ...others] = recipes;
  const shown =
    one !== undefined && others.length === 0
      ? recipeReport(one, outcome, width)
      : `${recipesTable(recipes)}\n\n${(runMs / 1000).toFixed(0)} s, after a boot of ${(bootMs / 1000).toFixed(0)} s. One recipe in full: npm start -- --recipe <name>`;
  return `${shown}\n\n${verdict(outcome)}`;
}

/** Whether all is as expected. */
export function isAsExpected({ recipes, differences }: RecipesOutcome): boolean {
  return differences.length === 0 && recipes.every((recipe) => recipe.differences.length === 0);
}

function verdict(outcome: RecipesOutcome): string {
  if (isAsExpected(outcome)) {
    const left = outcome.parked.length === 0 ? 'nothing' : 'nothing else';
    return `As expected: each request has reached Mavera once, with the credits that Mavera has counted, and ${left} is left.`;
  }
  const ofRecipes = outcome.recipes.flatMap(({ recipe, differences }) =>
    differences.map((difference) => `  ${recipe.name}: ${difference}`),
  );
  const ofAll = outcome.differences.map((difference) => `  ${difference}`);
  return `Not as expected:\n${[...ofRecipes, ...ofAll].join('\n')}`;
}
