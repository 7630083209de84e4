/// <reference lib="esnext.disposable" />
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CreateTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import type { EndedOccurrence } from '../../../functions/ledger/pullCursor.ts';
import { PullCursors } from '../../../functions/ledger/pullCursors.ts';
import { writePullMessage } from '../../../functions/pull/pullMessage.ts';
import { bundleFunction } from '../../../infra/bundling/bundleFunction.ts';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import { localCredentials, region } from '../../../local/account/account.ts';
import { type AwsClients, createAwsClients } from '../../../local/aws/clients.ts';
import type { Endpoints } from '../../../local/aws/endpoints.ts';
import { startAwsServers } from '../../../local/aws/servers.ts';
import { nodeFlags } from '../../../local/lambda/nodeFlags.ts';
import { LabError } from '../../labError.ts';
import type { DeliverOrder, PullProcessReport } from '../process/pullProcess.ts';
import { writeContacts } from './contactsFile.ts';
import { startExportServer } from './exportServer.ts';
import { plainPass } from './plainPass.ts';

/** An export of contacts, grouped by one puller. */
export interface ContactsCost {
  readonly rows: number;
  /** Of the file, compressed. */
  readonly fileBytes: number;
  /** How often the file was read. */
  readonly passes: number;
  /** The delivery in which the file was read. */
  readonly wallMs: number;
  /** One pass with Node's gunzip and the CSV parser alone, right after it. */
  readonly plainMs: number;
  readonly peakRssBytes: number;
  readonly groups: number;
}

/** What the measuring needs. */
export interface ContactsOptions {
  readonly directory: string;
  readonly path: string;
  readonly program: string;
  readonly progress: (line: string) => void;
}

const rows = 1_000_000;
/** The puller's, as the stack sets them. */
const memoryMb = 512;
const timeoutMs = 900_000;
const trigger = 'contacts';
const occurrence = 'bench';
const queueArn = `arn:aws:sqs:${region}:000000000000:pulls`;

/**
 * Has the puller's bundle, in one process with the memory of its function, group an export of a million contacts that SendGrid
 * has ready.
 *
 * @throws LabError when the pull does not end as done
 */
export async function measureContacts({
  directory,
  path,
  program,
  progress,
}: ContactsOptions): Promise<ContactsCost> {
  await using started = new AsyncDisposableStack();
  const file = join(directory, 'contacts.csv.gzip');
  progress(`contacts: writing ${rows.toLocaleString('en')} of them`);
  const fileBytes = await writeContacts(file, rows);
  const servers = await startAwsServers({}, path);
  started.defer(() => servers.stop());
  const clients = createAwsClients(servers.endpoints);
  started.defer(() => clients.destroy());
  const server = await startExportServer(file);
  started.defer(() => server.stop());
  const { environment, queueUrl, tableName } = await createResources(
    clients,
    servers.endpoints,
    server.origin,
  );
  const puller = await PullerProcess.start(program, bundlePuller(directory), environment);
  started.defer(() => puller.stop());

  progress('contacts: reading and grouping them');
  const start = writePullMessage({ version: 1, kind: 'start', trigger, occurrence });
  await clients.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: start }));
  const deliveries = await deliverAll(clients, queueUrl, puller);
  const end = await endOf(clients, tableName);
  progress('contacts: one plain pass beside it');
  return {
    rows,
    fileBytes,
    passes: end.counts.rows / rows,
    wallMs: Math.max(...deliveries.map(({ wallMs }) => wallMs)),
    plainMs: await plainPass(file),
    peakRssBytes: Math.max(...deliveries.map(({ peakRssBytes }) => peakRssBytes)),
    groups: end.counts.items,
  };
}

function bundlePuller(directory: string): string {
  return bundleFunction({
    entry: join(projectRoot, 'functions/puller.ts'),
    outdir: join(directory, 'puller'),
    triggersFile: join(projectRoot, 'lab/bench/contacts/triggers.ts'),
  }).file;
}

interface Resources {
  readonly environment: Readonly<Record<string, string>>;
  readonly queueUrl: string;
  readonly tableName: string;
}

async function createResources(
  { dynamodb, sqs, sns, secretsmanager }: AwsClients,
  endpoints: Endpoints,
  origin: string,
): Promise<Resources> {
  const tableName = 'contacts-ledger';
  await dynamodb.send(
    new CreateTableCommand({
      TableName: tableName,
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 10, minDelay: 1 }, { TableName: tableName });
  const queueNamed = async (QueueName: string): Promise<string> => {
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName }));
    return `${endpoints.sqs}${new URL(QueueUrl).pathname}`;
  };
  const queueUrl = await queueNamed('pulls');
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'results' }));
  const secret = new CreateSecretCommand({ Name: 'sendgrid-api', SecretString: '{"apiKey":"SG.bench"}' });
  const { ARN: secretArn = '' } = await secretsmanager.send(secret);
  const environment = {
    LEDGER_TABLE_NAME: tableName,
    RUN_QUEUE_URL: await queueNamed('runs'),
    BULK_QUEUE_URL: await queueNamed('bulk'),
    PULL_QUEUE_URL: queueUrl,
    PULL_MAX_RECEIVES: '8',
    PULL_DEADLINE_SECONDS: '86400',
    RUN_DEADLINE_SECONDS: '345600',
    RESULTS_TOPIC_ARN: TopicArn,
    SENDGRID_BASE_URL: origin,
    SENDGRID_API_SECRET_ARN: secretArn,
    FILES_ORIGIN: origin,
    SERVICE_NAME: 'mavera-triggers',
    METRICS_NAMESPACE: 'MaveraTriggers',
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    AWS_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: 'puller',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_SNS: endpoints.sns,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsmanager,
  };
  return { environment, queueUrl, tableName };
}

type Delivery = Extract<PullProcessReport, { readonly type: 'delivered' }>;

/** Delivers each message as it becomes due, until the queue has none. */
async function deliverAll(
  { sqs }: AwsClients,
  QueueUrl: string,
  puller: PullerProcess,
): Promise<readonly Delivery[]> {
  const deliveries: Delivery[] = [];
  // An export that is ready is polled once, 5 s after it was found.
  const receive = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10, VisibilityTimeout: 960 });
  for (;;) {
    const { Messages = [] } = await sqs.send(receive);
    const [message] = Messages;
    if (message?.Body === undefined) {
      return deliveries;
    }
    const delivery = await puller.deliver({ body: message.Body, queueArn, timeoutMs });
    if (!delivery.isDone) {
      throw new LabError('puller: a step of the pull of contacts has failed');
    }
    deliveries.push(delivery);
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
  }
}

async function endOf({ dynamodb }: AwsClients, tableName: string): Promise<EndedOccurrence> {
  const cursors = new PullCursors(new LedgerTable(dynamodb, tableName));
  const last = (await cursors.read([trigger])).get(trigger)?.last;
  if (last?.status !== 'done') {
    throw new LabError(`puller: the pull of contacts is ${last?.status ?? 'at work'}: ${last?.detail ?? ''}`);
  }
  return last;
}

/** The process of one execution environment. */
class PullerProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** @throws LabError when the bundle cannot be loaded */
  static async start(
    program: string,
    bundle: string,
    env: Readonly<Record<string, string>>,
  ): Promise<PullerProcess> {
    const child = fork(program, [bundle], {
      env,
      execArgv: [...nodeFlags(memoryMb)],
      // What ends the process, such as memory that is used up, is said there.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const started = new PullerProcess(child);
    await started.#report();
    return started;
  }

  async deliver(order: DeliverOrder): Promise<Delivery> {
    const reported = this.#report();
    this.#child.send(order);
    const report = await reported;
    if (report.type !== 'delivered') {
      throw new LabError(`puller: expected a delivery, got ${report.type}`);
    }
    return report;
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }

  async #report(): Promise<PullProcessReport> {
    const report = await Promise.race([
      once(this.#child, 'message').then(([message]) => message as PullProcessReport),
      once(this.#child, 'disconnect').then(
        (): PullProcessReport => ({ type: 'failed', message: 'its process ended' }),
      ),
    ]);
    if (report.type === 'failed') {
      throw new LabError(`puller: ${report.message}`);
    }
    return report;
  }
}
