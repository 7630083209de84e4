import type { RecipeExpectation } from './recipeExpectation.ts';

/** What each recipe must come to, in the order in which they are shown. The names of triggers differ between all recipes. */
export const recipeExpectations: readonly RecipeExpectation[] = [];
