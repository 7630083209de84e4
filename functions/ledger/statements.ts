import { BatchExecuteStatementCommand, type BatchStatementRequest } from '@aws-sdk/client-dynamodb';
import type { LedgerTable } from './ledgerTable.ts';

/** Statements that one `BatchExecuteStatement` takes. */
export const statementsPerCall = 25;

/**
 * Runs at most 25 PartiQL statements in one call. Each succeeds or fails by itself.
 *
 * @returns for each statement what it failed with, an error whose name is DynamoDB's code; `undefined` for success
 */
export async function runStatements(
  table: LedgerTable,
  statements: readonly BatchStatementRequest[],
  signal: AbortSignal,
): Promise<readonly (Error | undefined)[]> {
  const command = new BatchExecuteStatementCommand({ Statements: [...statements] });
  const { Responses = [] } = await table.send(command, signal);
  return statements.map((_statement, index) => {
    const response = Responses[index];
    if (response !== undefined && response.Error === undefined) {
      return undefined;
    }
    const name = response?.Error?.Code ?? 'NoAnswer';
    return Object.assign(new Error(`A statement of a batch failed: ${name}`), { name });
  });
}
