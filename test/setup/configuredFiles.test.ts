import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { longestFiles } from './longestFirst.ts';

interface StrykerConfig {
  readonly mutate: readonly string[];
  readonly vitest: { readonly configFile: string; readonly dir: string };
}

/** The patterns without braces: `a/{b,c}.ts` is `a/b.ts` and `a/c.ts`, and `a/!(b).ts` names `a/b.ts` as well. */
function alternatives(pattern: string): readonly string[] {
  const [, before = '', words, after = ''] = /^(.*?)[{(]([^})]*)[})](.*)$/.exec(pattern) ?? [];
  return words === undefined
    ? [pattern]
    : words.split(/[,|]/).flatMap((word) => alternatives(`${before.replace(/!$/, '')}${word}${after}`));
}

function withoutFile(patterns: readonly string[]): readonly string[] {
  return patterns.filter((pattern) => globSync(pattern, { cwd: projectRoot }).length === 0);
}

describe.each(['stryker.config.mjs', 'stryker.protocols.config.mjs'])('%s', async (name) => {
  const path = pathToFileURL(join(projectRoot, name)).href;
  const { default: config } = (await import(path)) as { readonly default: StrykerConfig };

  it(`${name} names only source files that exist`, () => {
    expect(config.mutate.length).toBeGreaterThan(0);
    expect(withoutFile(config.mutate.flatMap(alternatives))).toEqual([]);
  });

  it(`${name} names a configuration and a folder of tests that exist`, () => {
    const { configFile, dir } = config.vitest;
    expect(withoutFile([configFile, `${dir}/**/*.test.ts`])).toEqual([]);
  });
});

describe('the long test files', () => {
  it('each file that is to run early exists', () => {
    expect(withoutFile(longestFiles)).toEqual([]);
  });

  it('each file that mutants do not meet exists', async () => {
    const { longOnes } = await import('../../vitest.mutants.config.ts');
    expect(withoutFile(alternatives(longOnes).map((pattern) => `test/${pattern}`))).toEqual([]);
  });
});
