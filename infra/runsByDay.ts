/**
 * The ledger's index of its runs by arrival, for operators: `day` (UTC, `2026-11-21`) and `receivedAtMs`. Only runs
 * have a `day`, so that nothing else is in it. What a list of runs shows comes along; the rest is in the run's item.
 */
export const runsByDay = {
  indexName: 'RunsByDay',
  partitionKey: 'day',
  sortKey: 'receivedAtMs',
  nonKeyAttributes: [
    'trigger',
    'state',
    'reason',
    'userId',
    'messageId',
    'creditsUsed',
    'creditsReserved',
    'attempts',
    'notBeforeMs',
    'updatedAtMs',
  ],
} as const;
