/**
 * Mutants of the pure core: what takes values and returns values, tested on values alone.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
const core = {
  mutate: [
    'functions/sources/**/*.ts',
    'functions/triggers/**/*.ts',
    'functions/receive/{sortEvents,http}.ts',
    'functions/ledger/{keys,claimState,runItem}.ts',
    'functions/ledger/{shortened,runLease,collectionStep,transientError}.ts',
    'functions/run/{decideOnAnswer,retryDecision,sentWork,prepareRequest,sharedClock}.ts',
    'functions/run/gates/!(budgetGate).ts',
    'functions/dispatch/{actionSpacing,dispatchedCredits,endedEntries,fairTurns,payableEntries,planSlots,whyBlocked}.ts',
    'functions/systems/{readResponse,callAnswer,answerTable}.ts',
    'functions/mavera/recovery/*.ts',
    'functions/results/{reportContent,segmentReport,segopsReport}.ts',
    'functions/queue/runMessage.ts',
  ],
  testRunner: 'vitest',
  // Processes, not threads: a test sets the time zone, which a thread cannot.
  vitest: { configFile: 'vitest.mutants.config.ts', dir: 'test/unit', pool: 'forks' },
  plugins: ['@stryker-mutator/vitest-runner'],
  // Stryker would rewrite tsconfig.json with a function that TypeScript 7 no longer has; nothing reads it here.
  tsconfigFile: 'none',
  disableTypeChecks: false,
  coverageAnalysis: 'perTest',
  // Tables of words and patterns are made when a file is loaded, and are what the core is about.
  ignoreStatic: false,
  concurrency: 2,
  timeoutMS: 10_000,
  thresholds: { high: 95, low: 85, break: 85 },
  reporters: ['clear-text', 'progress', 'html', 'json'],
  clearTextReporter: { allowColor: false, reportTests: false, skipFull: true },
  htmlReporter: { fileName: 'reports/mutants/core.html' },
  jsonReporter: { fileName: 'reports/mutants/core.json' },
  incrementalFile: 'reports/mutants/core.incremental.json',
};

// biome-ignore lint/style/noDefaultExport: Stryker reads the default export.
export default core;
