import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Logs } from './logs.ts';
import type { Executions, UnknownExecutions } from './readExecutions.ts';

/** A running system, in AWS or on this machine, and its clients. */
export interface Deployment {
  /** For people, e.g. `stack MaveraTriggers in eu-west-1`. */
  readonly title: string;
  /** Options by which another command finds the same system, e.g. ` --local`. */
  readonly flags: string;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly tableName: string;
  /** The intake queue. */
  readonly runQueueUrl: string;
  /** Absent in a release without this queue. */
  readonly bulkQueueUrl?: string | undefined;
  readonly readyQueueUrl?: string | undefined;
  readonly deadLetterQueueUrl: string;
  /** Absent if no trigger of the system pulls. */
  readonly pulls?: DeployedPulls | undefined;
  /** The triggers file that it runs, if that is known. */
  readonly triggersFile?: string | undefined;
  /** Absent in a release without records of calls. */
  readonly logs?: Logs | undefined;
  /** Who the operator is: the ARN of the caller, or for the local system the name of the user of this machine. */
  readCaller(): Promise<string>;
  /** Reads the account's quota of concurrent executions; absent for the local system, which has none. */
  readExecutions?(): Promise<Executions | UnknownExecutions>;
  /** What an error of its clients means, with the fix; `undefined` for an unexpected one. */
  explain(error: unknown): string | undefined;
  close(): void;
}

/** The pulls of a system. */
export interface DeployedPulls {
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** Trigger → its schedule, such as `cron(17 3 ? * TUE *) UTC`. */
  readonly schedules: ReadonlyMap<string, string>;
}

/** The part of a {@link Deployment} that holds the state. */
export type Ledger = Pick<Deployment, 'dynamodb' | 'tableName'>;
