import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { performerOf } from '../../functions/mavera/actions/actionPerformers.ts';
import { pullOf } from '../../functions/pulls/pullOf.ts';
import { loadTriggers } from '../../infra/bundling/loadTriggers.ts';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { recipeExpectations } from '../../local/recipes/recipeExpectations.ts';

const read = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');
const recipes = globSync('examples/recipes/*.ts', { cwd: projectRoot })
  .map((path) => basename(path, '.ts'))
  .filter((name) => name !== 'all');
const fileOf = (recipe: string): string => `examples/recipes/${recipe}.ts`;
const pageOf = (recipe: string): string => `docs/recipes/${recipe}.md`;
const loaded = new Map(recipes.map((recipe) => [recipe, loadTriggers(join(projectRoot, fileOf(recipe)))]));
const triggersOf = (recipe: string): ReturnType<typeof loadTriggers> => loaded.get(recipe) ?? [];

describe('the recipes', () => {
  it('are eight, one for each use case', () => {
    expect(recipes.toSorted()).toEqual([
      'audience-focus-groups',
      'contact-personas',
      'email-ab-focus-groups',
      'email-device-geo-personas',
      'event-triggers',
      'profile-trait-personas',
      'segops-recomputed',
      'unified-persona',
    ]);
  });

  it.each(recipes)('%s is one file of at most 60 lines that imports only the package', (recipe) => {
    const text = read(fileOf(recipe));
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
    const imported = [...text.matchAll(/ from '([^']+)'/g)].map(([, name]) => name);
    expect(imported).toEqual(['mavera-triggers']);
  });

  it.each(recipes)('%s bounds what an occurrence starts, or what a month costs', (recipe) => {
    const unbounded = triggersOf(recipe).filter(
      ({ budget, atMost, after }) => budget === undefined && atMost === undefined && after === undefined,
    );
    expect(unbounded).toEqual([]);
  });

  it('run in one system, as `all.ts` joins them: the names of their triggers differ', () => {
    const names = recipes.flatMap((recipe) => triggersOf(recipe).map(({ name }) => name));
    const joined = loadTriggers(join(projectRoot, fileOf('all'))).map(({ name }) => name);
    expect(joined.toSorted()).toEqual(names.toSorted());
  });
});

describe('the expectations of recipes', () => {
  it('are there for each recipe', () => {
    expect(recipeExpectations.map(({ recipe }) => recipe).toSorted()).toEqual(recipes.toSorted());
  });

  it.each(recipeExpectations)(
    '$recipe: all of its pulls and triggers are expected to do something',
    (expected) => {
      const declared = triggersOf(expected.recipe);
      const pulls = declared.filter((trigger) => pullOf(trigger) !== undefined);
      expect(Object.keys(expected.pulls)).toEqual(pulls.map(({ name }) => name));
      expect(Object.keys(expected.runs)).toEqual(declared.map(({ name }) => name));
      expect(Object.values(expected.runs).every((runs) => runs > 0)).toBe(true);
      const stray = Object.keys(expected.requests ?? {}).filter(
        (name) => !Object.hasOwn(expected.runs, name),
      );
      expect(stray).toEqual([]);
    },
  );

  it('name files of examples that are posted', () => {
    const posts = recipeExpectations.flatMap(({ posts: files = [] }) => files);
    expect(posts.filter((file) => globSync(`examples/${file}`, { cwd: projectRoot }).length === 0)).toEqual(
      [],
    );
  });
});

describe('the pages of recipes', () => {
  it.each(recipes)(
    '%s has a page that says what it needs, what it costs, what comes out and how to try it',
    (recipe) => {
      expect(existsSync(join(projectRoot, pageOf(recipe)))).toBe(true);
      const page = read(pageOf(recipe));
      const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
      expect(headings).toEqual([
        'What it needs',
        'What it costs',
        'What comes out',
        'Try it',
        'What is missing',
      ]);
      expect(page).toContain(`npm start -- --recipe ${recipe}`);
      expect(page).toContain(fileOf(recipe));
      for (const trigger of triggersOf(recipe)) {
        expect(page).toContain(`\`${trigger.name}\``);
        if (pullOf(trigger) !== undefined) {
          expect(page).toContain(`dry-run --pull ${trigger.name}`);
        }
      }
    },
  );

  it.each(recipes)(
    '%s costs what its page says: the credits that a run of each trigger is expected to cost',
    (recipe) => {
      const page = read(pageOf(recipe));
      for (const { name, run } of triggersOf(recipe)) {
        const [, credits] = new RegExp(`^\\| \`${name}\` \\|[^|]*\\| ([\\d,]+) \\|`, 'm').exec(page) ?? [];
        const expected = run.estimatedCredits ?? performerOf(run)?.estimatedCredits;
        expect({ name, credits: Number(credits) }).toEqual({ name, credits: expected });
      }
    },
  );

  it.each(recipes)('%s is listed in the index of recipes and in README', (recipe) => {
    expect(read('docs/recipes.md')).toContain(`(recipes/${recipe}.md)`);
    expect(read('README.md')).toContain(`(${pageOf(recipe)})`);
  });
});
