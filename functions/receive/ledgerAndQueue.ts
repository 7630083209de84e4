import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../aws/clientConfig.ts';
import { Claims } from '../ledger/claims.ts';
import { ForgetRequests } from '../ledger/forgetRequests.ts';
import { LedgerTable } from '../ledger/ledgerTable.ts';
import { RunQueue, type RunQueueUrls } from '../queue/runQueue.ts';

/** Where the receiver claims events, and queues their runs. */
export interface LedgerAndQueue {
  readonly claims: Claims;
  readonly queue: RunQueue;
  /** Records the users of `delete` events. */
  readonly forgetRequests: ForgetRequests;
}

/** Where they are. */
export interface LedgerAndQueueOptions {
  readonly tableName: string;
  readonly queueUrls: RunQueueUrls;
  readonly onLedgerTrouble: (error: unknown) => void;
  readonly onQueueTrouble: (error: unknown) => void;
}

/** The clients that reach them. */
export interface LedgerAndQueueClients {
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
}

/** Connects to them. Of all that the receiver imports, this module alone imports the clients of DynamoDB and SQS. */
export function connectLedgerAndQueue(options: LedgerAndQueueOptions): LedgerAndQueue {
  return openLedgerAndQueue(options, {
    dynamodb: new DynamoDBClient(clientConfig(1_000, 2)),
    // A signature and TLS protect the body already; the checksum is a tenth of a batch's CPU.
    sqs: new SQSClient({ ...clientConfig(1_500, 2), md5: false }),
  });
}

/** Opens them with given clients. */
export function openLedgerAndQueue(
  { tableName, queueUrls, onLedgerTrouble, onQueueTrouble }: LedgerAndQueueOptions,
  { dynamodb, sqs }: LedgerAndQueueClients,
): LedgerAndQueue {
  const ledger = new LedgerTable(dynamodb, tableName);
  return {
    claims: new Claims(ledger, onLedgerTrouble),
    queue: new RunQueue(sqs, queueUrls, onQueueTrouble),
    forgetRequests: new ForgetRequests(ledger, onLedgerTrouble),
  };
}
