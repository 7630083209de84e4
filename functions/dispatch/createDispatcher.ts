import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { Caps } from '../ledger/caps.ts';
import { DispatcherState } from '../ledger/dispatcherState.ts';
import { LedgerTable } from '../ledger/ledgerTable.ts';
import { Pace } from '../ledger/pace.ts';
import { ParkedRuns } from '../ledger/parkedRuns.ts';
import type { MaveraCredentials } from '../mavera/credentials.ts';
import { RunMessageQueues } from '../queue/runMessageQueues.ts';
import { type CachedSecret, SecretUnavailableError } from '../secrets/cachedSecret.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { DispatcherDependencies, DispatcherSettings } from './dispatcherDependencies.ts';

/** The settings, clients and clock of a dispatcher. */
export interface DispatcherOptions {
  readonly settings: DispatcherSettings;
  readonly triggers: readonly Trigger[];
  readonly dynamodb: DynamoDBClient;
  readonly tableName: string;
  readonly sqs: SQSClient;
  readonly queueUrls: { readonly intake: string; readonly ready: string };
  /** The dispatcher's own queue, by which it comes again. */
  readonly dispatchQueueUrl: string;
  readonly maveraSecret: CachedSecret<MaveraCredentials>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Called for each failure that does not end the pass. */
  readonly onTrouble: DispatcherDependencies['onTrouble'];
}

/** Creates a dispatcher, for the Lambda function, the tests and the proofs. */
export function createDispatcher(options: DispatcherOptions): DispatcherDependencies {
  const { settings, triggers, sqs, dispatchQueueUrl, maveraSecret, now, onTrouble } = options;
  const ledger = new LedgerTable(options.dynamodb, options.tableName);
  return {
    settings,
    triggers: new Map(triggers.map((trigger) => [trigger.name, trigger])),
    ledger,
    state: new DispatcherState(ledger),
    parkedRuns: new ParkedRuns(ledger),
    pace: new Pace(ledger),
    caps: new Caps(ledger),
    queues: new RunMessageQueues(sqs, { ...options.queueUrls, bulk: '', deadLetters: '' }),
    wakeLater: async (delayMs) => {
      const DelaySeconds = Math.round(delayMs / 1000);
      await sqs.send(new SendMessageCommand({ QueueUrl: dispatchQueueUrl, MessageBody: '{}', DelaySeconds }));
    },
    isApiKeyMissing: async () => {
      try {
        await maveraSecret.get();
        return false;
      } catch (error) {
        if (error instanceof SecretUnavailableError) {
          return true;
        }
        throw error;
      }
    },
    sentLately: new Map(),
    now,
    onTrouble,
  };
}
