import type { Show } from '../show.ts';
import { isAsExpected, outcomeText } from './outcomeText.ts';
import { allRecipes, recipeNamed } from './recipe.ts';
import { runRecipes } from './runRecipes.ts';

/** Where the output is not a terminal. */
const defaultWidth = 120;
const leastWidth = 80;
const greatestWidth = 140;

/**
 * Runs a recipe and prints what came in, what Mavera was asked and what it answered; or runs all recipes and prints a table.
 *
 * @param name of the recipe; `undefined` for all
 */
export function showRecipes(name: string | undefined): Show {
  return async ({ started, signal, onProgress, onError }) => {
    const recipes = name === undefined ? await allRecipes() : [await recipeNamed(name)];
    onProgress(`with the triggers of ${recipes.length === 1 ? recipes[0]?.file : 'examples/recipes'}`);
    const outcome = await runRecipes({ recipes, started, signal, onProgress, onError });
    const { columns = defaultWidth } = process.stdout;
    console.log(`\n${outcomeText(outcome, Math.min(greatestWidth, Math.max(leastWidth, columns)))}`);
    return isAsExpected(outcome) ? 0 : 1;
  };
}
