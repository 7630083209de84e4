import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { LongestFirst } from './test/setup/longestFirst.ts';

/** Tests that start the local system, or prove what is promised on it. */
const systemTests = [
  'test/e2e/**/*.test.ts',
  'test/local/**/*.test.ts',
  'test/lab/bench/ledger.test.ts',
  'test/lab/prove/{floods,fuzz,parkingModel,proofs,pullCrashes}.test.ts',
  'test/lab/simulation/scenarios.test.ts',
];

/**
 * Tests that start the commands or synthesize stacks dozens of times, or go through whole ledgers and queues: too long for
 * the quick ones.
 */
const longTests = [
  'test/cli/**/command.test.ts',
  'test/cli/{access,dryRun,dryRunPull,recipes,triggers}.test.ts',
  'test/cli/ops/{deadLetters,decideRuns,forget,unpark}.test.ts',
  'test/infra/{access,exampleApp,puller,secrets}.test.ts',
];

/** Tests start the commands dozens of times: in one run, Node.js compiles their modules once. */
const compileCache = mkdtempSync(join(tmpdir(), 'mavera-triggers-compiled-'));
process.on('exit', () => rmSync(compileCache, { recursive: true, force: true }));

const project = (name: string, test: object): TestProjectInlineConfiguration => ({
  extends: true,
  test: { name, ...test },
});

export default defineConfig({
  // This package's own name gives the TypeScript sources, as everywhere in the repository. The others are Vite's defaults
  // without `module`: Node.js cannot load what some packages have there.
  ssr: { resolve: { conditions: ['@mavera-triggers/source', 'node', 'development|production'] } },
  test: {
    // No test is about times: these only end what hangs, on a machine as busy as can be.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
    // Tests of the whole system wait half of their time.
    maxWorkers: availableParallelism() + 2,
    // Test files leave nothing behind in their process, so that the next ones need not load everything again.
    isolate: false,
    // Processes, not threads: a test sets the time zone, which a thread cannot.
    pool: 'forks',
    unstubEnvs: true,
    env: { NODE_COMPILE_CACHE: compileCache },
    sequence: { sequencer: LongestFirst },
    projects: [
      project('system', { include: systemTests }),
      project('integration', {
        include: ['test/integration/**/*.test.ts', ...longTests],
        globalSetup: 'test/setup/sharedEmulators.ts',
      }),
      project('infra', { include: ['test/infra/**/*.test.ts'], exclude: longTests }),
      project('cli', {
        include: ['test/cli/**/*.test.ts'],
        exclude: longTests,
        globalSetup: 'test/setup/sharedEmulators.ts',
      }),
      project('pure', {
        include: ['test/{unit,simulators,testing,lab,examples,setup,packaging}/**/*.test.ts'],
        exclude: systemTests,
      }),
    ],
  },
});
