/**
 * The ledger's index of runs by arrival, for operators: `day` (UTC day and shard, `2026-11-21#3`: functions/ledger/runItem.ts)
 * and `receivedAtMs`. Only run items and requests to forget a user have a `day`, so the index holds nothing else. It has the
 * attributes that a list of runs shows; the run's item has the rest.
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
