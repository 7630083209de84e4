import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { CallRecord } from '../access/callRecord.ts';
import type { Grants } from '../access/grants.ts';
import { CallQuotas } from '../ledger/callQuotas.ts';
import { LedgerTable } from '../ledger/ledgerTable.ts';
import { PullCursors } from '../ledger/pullCursors.ts';
import { PulledItems } from '../ledger/pulledItems.ts';
import { SeenItems } from '../ledger/seenItems.ts';
import { reachableSystems } from '../systems/reachableSystems.ts';
import type { SystemClient, SystemClientOptions } from '../systems/systemClient.ts';
import type { SystemOptions } from '../systems/systemOptions.ts';
import { SystemsGate } from '../systems/systemsGate.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { PullDependencies, PullReport, PullSettings } from './pullDependencies.ts';
import { PullEnds } from './pullEnds.ts';
import { PullQueue, type PullQueueUrls } from './pullQueue.ts';
import { csvRows } from './rows/csvRows.ts';
import type { OpenFile } from './rows/openedFile.ts';
import { rowsReader } from './rows/readRows.ts';

/** What a puller is put together from. */
export interface PullerOptions {
  readonly settings: PullSettings;
  readonly triggers: readonly Trigger[];
  /** The default export of `access.ts`; without one, pulls have what they declare. */
  readonly grants?: Grants | undefined;
  readonly clients: {
    readonly dynamodb: DynamoDBClient;
    readonly sqs: SQSClient;
    readonly sns: SNSClient;
  };
  readonly tableName: string;
  readonly queueUrls: PullQueueUrls;
  /** To which the end of each occurrence is published. */
  readonly resultsTopicArn: string;
  readonly systems: Partial<SystemOptions>;
  readonly openFile: OpenFile;
  readonly report: (report: PullReport) => void;
  readonly onCall: (record: CallRecord) => void;
  /** Called for each failure that does not end a call. */
  readonly onTrouble: (what: string, error: unknown) => void;
  /** @default the real one */
  readonly now?: () => number;
  /** @default the real one */
  readonly random?: () => number;
  /** @default the real one */
  readonly sleep?: (ms: number) => Promise<void>;
  /** @default the real ones */
  readonly systemClient?: ((options: SystemClientOptions) => SystemClient) | undefined;
}

/** Puts a puller together, for its entry, the local system and the tests. */
export function createPuller(options: PullerOptions): PullDependencies {
  const { settings, triggers, grants, clients, systems, onCall, onTrouble } = options;
  const { now = Date.now, random = Math.random, sleep = pause, systemClient } = options;
  const ledger = new LedgerTable(clients.dynamodb, options.tableName);
  return {
    settings,
    triggers: new Map(triggers.map((trigger) => [trigger.name, trigger])),
    cursors: new PullCursors(ledger),
    pulledItems: new PulledItems(ledger),
    seenItems: new SeenItems(ledger),
    quotas: new CallQuotas(ledger),
    queue: new PullQueue(clients.sqs, options.queueUrls),
    ends: new PullEnds(clients.sns, options.resultsTopicArn),
    gate: new SystemsGate({
      triggers,
      grants,
      systems: reachableSystems({ ...systems, ledger, now, systemClient }),
      now,
      sleep,
      onCall,
      onTrouble,
    }),
    readRows: rowsReader(options.openFile, csvRows),
    report: options.report,
    now,
    sleep,
    random,
    newOwner: randomUUID,
  };
}

async function pause(ms: number): Promise<void> {
  await wait(ms);
}
