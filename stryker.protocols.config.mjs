import core from './stryker.config.mjs';

/**
 * Mutants of the protocols: what claims, runs and pays by way of the ledger and the queues, tested on real emulators.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
const protocols = {
  ...core,
  mutate: [
    'functions/receive/receive.ts',
    'functions/ledger/{ledgerTable,transact,claims,runs,pace,budgets,caps,breaker,collections}.ts',
    'functions/run/{handleDelivery,leasedRun,performRun,prepareRun,callMavera,callAtSlot}.ts',
    'functions/run/{recoverLostAnswer,pollPending,collectEvents,keptId}.ts',
    'functions/run/gates/budgetGate.ts',
    'functions/queue/runQueue.ts',
  ],
  vitest: { ...core.vitest, dir: 'test/integration' },
  // Emulators on a machine that does other things as well are slow at times.
  timeoutMS: 60_000,
  dryRunTimeoutMinutes: 20,
  htmlReporter: { fileName: 'reports/mutants/protocols.html' },
  jsonReporter: { fileName: 'reports/mutants/protocols.json' },
  incrementalFile: 'reports/mutants/protocols.incremental.json',
};

// biome-ignore lint/style/noDefaultExport: Stryker reads the default export.
export default protocols;
