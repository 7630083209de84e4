import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { loadTriggers } from '../../infra/bundling/loadTriggers.ts';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import type { RecipeExpectation } from './recipeExpectation.ts';
import { recipeExpectations } from './recipeExpectations.ts';
import { UnknownRecipeError } from './recipeNames.ts';

/** A recipe that can be run. */
export interface Recipe {
  readonly name: string;
  /** The heading of its page, or its name. */
  readonly title: string;
  /** Path of its triggers file, from the project's root. */
  readonly file: string;
  readonly triggers: readonly Trigger[];
  readonly expectation: RecipeExpectation;
}

/** Loads all recipes. @throws TriggersFileError */
export async function allRecipes(): Promise<readonly Recipe[]> {
  return await Promise.all(recipeExpectations.map(loadRecipe));
}

/**
 * Loads the recipe of a name.
 *
 * @throws UnknownRecipeError
 * @throws TriggersFileError
 */
export async function recipeNamed(name: string): Promise<Recipe> {
  const expectation = recipeExpectations.find(({ recipe }) => recipe === name);
  if (expectation === undefined) {
    throw new UnknownRecipeError(name);
  }
  return await loadRecipe(expectation);
}

async function loadRecipe(expectation: RecipeExpectation): Promise<Recipe> {
  const name = expectation.recipe;
  const file = `examples/recipes/${name}.ts`;
  const triggers = loadTriggers(join(projectRoot, file));
  return { name, title: await titleOf(name), file, triggers, expectation };
}

async function titleOf(name: string): Promise<string> {
  const page = await readFile(join(projectRoot, `docs/recipes/${name}.md`), 'utf8').catch(() => '');
  return /^# (.+)$/m.exec(page)?.[1] ?? name;
}
