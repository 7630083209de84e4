import type { Show } from '../show.ts';
import { isAsExpected, outcomeText } from './outcomeText.ts';
import { allRecipes, recipeNamed } from './recipe.ts';
import { reportWidth } from './reportWidth.ts';
import { runRecipes } from './runRecipes.ts';

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
    console.log(`\n${outcomeText(outcome, reportWidth())}`);
    return isAsExpected(outcome) ? 0 : 1;
  };
}
