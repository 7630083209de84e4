import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BatchExecuteStatementCommandOutput,
  type BatchExecuteStatementInput,
  type BatchStatementErrorCodeEnum,
  DynamoDBClient,
  type ServiceInputTypes,
  TransactionCanceledException,
  type TransactWriteItem,
  type TransactWriteItemsInput,
} from '@aws-sdk/client-dynamodb';
import { localCredentials } from '../../local/account/account.ts';
import type { World } from './world.ts';

const metadata = { $metadata: {} };

/** A further client of the world's DynamoDB, for trouble that other tests must not have. */
export async function newClient({ clients }: World): Promise<DynamoDBClient> {
  const { endpoint, region } = clients.dynamodb.config;
  const { protocol = 'http:', hostname = '', port } = (await endpoint?.()) ?? {};
  return new DynamoDBClient({
    region,
    credentials: localCredentials,
    endpoint: `${protocol}//${hostname}:${port}`,
  });
}

/** Does something before each command of this name is sent, as another caller would in between. */
export function interfere(client: DynamoDBClient, name: string, meanwhile: () => Promise<void>): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === name) {
          await meanwhile();
        }
        return await next(args);
      },
    { step: 'initialize', name: 'interfere' },
  );
}

/** Lets single statements of a batch fail, chosen by their first parameter. They are carried out nevertheless. */
export function failStatements(
  client: DynamoDBClient,
  codeOf: (firstParameter: string) => BatchStatementErrorCodeEnum | undefined,
): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args);
        if (commandName !== 'BatchExecuteStatementCommand') {
          return result;
        }
        const { Statements = [] } = args.input as BatchExecuteStatementInput;
        const output = result.output as BatchExecuteStatementCommandOutput;
        const Responses = (output.Responses ?? []).map((response, index) => {
          const Code = codeOf(Statements[index]?.Parameters?.[0]?.S ?? '');
          return Code === undefined ? response : { Error: { Code } };
        });
        return { ...result, output: { ...output, Responses } as never };
      },
    { step: 'initialize', name: 'failStatements' },
  );
}

/** When a caller dies or loses the network for good: before or after the ledger has done what it asked. */
export type Loss = 'before' | 'after' | undefined;

/** The error of a call that was lost, after the SDK's last try. */
export class CallLostError extends Error {}

/** Loses calls of a client, as a function that dies at any step would. */
export function loseCalls(client: DynamoDBClient, lose: (commandName: string) => Loss): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const loss = lose(commandName);
        if (loss === 'before') {
          throw new CallLostError(`${commandName} was not sent`);
        }
        const result = await next(args);
        if (loss === 'after') {
          throw new CallLostError(`${commandName} was not answered`);
        }
        return result;
      },
    { step: 'initialize', name: 'loseCalls' },
  );
}

/** Transactions that were cancelled because of a conflict. */
export interface Conflicts {
  count: number;
}

/**
 * Makes the transactions of a client conflict as DynamoDB's do: while one is under way, another one on any of its items
 * is cancelled. The emulator does them one after the other.
 *
 * @param lastingMs how long a transaction takes
 */
export function letTransactionsConflict(client: DynamoDBClient, lastingMs: number): Conflicts {
  const conflicts: Conflicts = { count: 0 };
  const underWay = new Set<string>();
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'TransactWriteItemsCommand') {
          return await next(args);
        }
        const keys = keysOf(args.input);
        if (keys.some((key) => underWay.has(key))) {
          conflicts.count += 1;
          throw conflictOn(keys.map((key) => underWay.has(key)));
        }
        for (const key of keys) {
          underWay.add(key);
        }
        try {
          await sleep(lastingMs);
          return await next(args);
        } finally {
          for (const key of keys) {
            underWay.delete(key);
          }
        }
      },
    { step: 'initialize', name: 'letTransactionsConflict' },
  );
  return conflicts;
}

/** How DynamoDB cancels a transaction when some of its items are in another one. */
export function conflictOn(isInAnother: readonly boolean[]): TransactionCanceledException {
  const CancellationReasons = isInAnother.map((is) => ({ Code: is ? 'TransactionConflict' : 'None' }));
  return new TransactionCanceledException({
    message: 'Transaction cancelled',
    CancellationReasons,
    ...metadata,
  });
}

function keysOf(input: ServiceInputTypes): readonly string[] {
  const { TransactItems = [] } = input as TransactWriteItemsInput;
  return TransactItems.map(({ Update, Put, Delete, ConditionCheck }: TransactWriteItem) => {
    const key = Update?.Key ?? Put?.Item ?? Delete?.Key ?? ConditionCheck?.Key;
    return key?.pk?.S ?? '';
  });
}
