import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { closestName } from '../../functions/triggers/closestName.ts';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';

/** The names of all recipes: the files of `examples/recipes`, except the one that joins them. */
export function recipeNames(): readonly string[] {
  return readdirSync(join(projectRoot, 'examples/recipes'))
    .filter((file) => file.endsWith('.ts') && file !== 'all.ts' && file !== 'access.ts')
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}

/** There is no recipe of a name. The message has all names, and the one that was probably meant. */
export class UnknownRecipeError extends Error {
  override readonly name = 'UnknownRecipeError';

  constructor(name: string) {
    const names = recipeNames();
    const closest = closestName(name, names);
    const meant = closest === undefined ? '' : ` Did you mean ${closest}?`;
    super(
      `There is no recipe ${name}.${meant} The recipes are:${names.map((known) => `\n  ${known}`).join('')}`,
    );
  }
}
