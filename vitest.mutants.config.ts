import { defineConfig } from 'vitest/config';

/** The tests that mutants meet are those of the folder that Stryker's configuration names. */
// biome-ignore lint/style/noDefaultExport: Vitest reads the default export.
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
