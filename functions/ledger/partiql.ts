import type { BatchStatementResponse } from '@aws-sdk/client-dynamodb';

/** Statements that one `BatchExecuteStatement` takes; each succeeds or fails by itself. */
export const statementsPerCall = 25;
/** Enough to keep the connection pool busy, few enough for the table's other users. */
export const callsAtOnce = 12;

/** What a statement of a batch failed with, as an error whose name is DynamoDB's code. */
export function statementError(response: BatchStatementResponse | undefined): Error {
  const code = response?.Error?.Code ?? 'NoAnswer';
  return Object.assign(new Error(`A statement of a batch failed: ${code}`), { name: code });
}
