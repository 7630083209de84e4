import { configDefaults, defineConfig } from 'vitest/config';

/** Tests of thousands of steps take up to a minute each: a mutant that they alone would notice counts as survived. */
export const longOnes = '**/{paceBacklog,slowLedger,collections.property,pace.property}.test.ts';

/** The tests that mutants meet are those of the folder that Stryker's configuration names. */
// biome-ignore lint/style/noDefaultExport: Vitest reads the default export.
export default defineConfig({
  // This package's own name gives the TypeScript sources, as everywhere in the repository. The others are Vite's defaults.
  ssr: { resolve: { conditions: ['@mavera-triggers/source', 'module', 'node', 'development|production'] } },
  test: {
    include: ['**/*.test.ts'],
    exclude: [...configDefaults.exclude, longOnes],
    globalSetup: 'test/setup/sharedEmulators.ts',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
