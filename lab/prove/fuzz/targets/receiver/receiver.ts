import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../../../../../functions/aws/clientConfig.ts';
import { Log } from '../../../../../functions/observability/log.ts';
import { parseQueueMessage } from '../../../../../functions/queue/runMessage.ts';
import { logReception } from '../../../../../functions/receive/handleRequest.ts';
import { openLedgerAndQueue } from '../../../../../functions/receive/ledgerAndQueue.ts';
import { openSource } from '../../../../../functions/receive/openSource.ts';
import { receive } from '../../../../../functions/receive/receive.ts';
import type { ReceiverDependencies } from '../../../../../functions/receive/receiverDependencies.ts';
import type { Reception } from '../../../../../functions/receive/reception.ts';
import { CachedSecret } from '../../../../../functions/secrets/cachedSecret.ts';
import {
  parseSegmentCredentials,
  type SegmentCredentials,
} from '../../../../../functions/sources/segment/credentials.ts';
import type { SegmentEvent } from '../../../../../functions/sources/segment/event.ts';
import { createSource } from '../../../../../functions/sources/segment/source.ts';
import { askMave } from '../../../../../functions/triggers/actions.ts';
import { compileTriggers } from '../../../../../functions/triggers/matchTriggers.ts';
import { localCredentials } from '../../../../../local/account/account.ts';
import { mustNotTell, secretCanary } from '../../canary.ts';
import { type FuzzTarget, mustHold, type OpenTarget } from '../../fuzzTarget.ts';
import { type OddAws, startOddAws } from '../../servers/oddAws.ts';
import { areWell, judgeAnswer } from './judgeAnswer.ts';
import { type ReceiverInput, receiverInputSchema, receiverInputs } from './receiverInput.ts';
import { functionUrlEvent } from './signedRequest.ts';

/** How long a service that does not answer is waited for. */
const shortMs = 150;
/** The same if all services answer well: a busy machine may be slow, and no answer may be 503. */
const longMs = 60_000;

function spoilingKey(event: SegmentEvent): string | undefined {
  Object.assign(event, { messageId: secretCanary, properties: null });
  if (event.anonymousId === undefined) {
    throw new Error(`no key for ${JSON.stringify(event)}`);
  }
  return event.traits.name as string | undefined;
}

const triggers = compileTriggers([
  { name: 'wanted', when: 'type = "track" and event = "wanted"', run: askMave(() => ({ message: 'a' })) },
  {
    name: 'wanted-too',
    when: 'event = "wanted" and properties.a != 5',
    run: askMave(() => ({ message: 'a' })),
  },
  {
    name: 'cancelled',
    when: 'event = "unwanted"',
    // It throws what the events hold, and changes them.
    cancelledBy: { when: 'type = "track" and userId != null', per: spoilingKey },
    run: askMave(() => ({ message: 'a' })),
  },
  { name: 'other-route', when: 'type = "identify"', route: 'other', run: askMave(() => ({ message: 'a' })) },
]);

/** The receiver with its dependencies, and services that answer well or badly. */
export const receiver: FuzzTarget<ReceiverInput> = {
  name: 'receiver',
  share: 22,
  schema: receiverInputSchema,
  inputs: receiverInputs,
  open: () => openReceiver(receive, createSource),
};

/**
 * Sets up the receiver.
 *
 * @param receiving `receive`, or a faulty one that the proof must find
 * @param segment Segment as a source, or a faulty one
 */
export async function openReceiver(
  receiving: typeof receive,
  segment: typeof createSource,
): Promise<OpenTarget<ReceiverInput>> {
  const aws = await startOddAws();
  const [hurried, patient] = [clientsOf(aws.endpoint, shortMs), clientsOf(aws.endpoint, longMs)];
  let nowMs = 1_800_000_000_000;
  const lines: string[] = [];
  const log = new Log({
    service: 'receiver',
    namespace: 'Fuzz',
    now: () => nowMs,
    write: (line) => lines.push(line),
  });
  const secretOf = ({ secrets }: Clients): CachedSecret<SegmentCredentials> =>
    new CachedSecret({
      fetch: async () => {
        const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: 'secret' }));
        return parseSegmentCredentials(JSON.parse(SecretString));
      },
      now: () => nowMs,
      onTrouble: (error) => log.warn("Segment's secret cannot be read", error),
      maxAgeMs: 300_000,
      earlyRefreshEveryMs: 60_000,
      retryEveryMs: 10_000,
    });
  const known = secretOf(patient);
  const dependenciesOf = ({ settings, behaviour }: ReceiverInput, clients: Clients): ReceiverDependencies => {
    const options = {
      tableName: 'ledger',
      queueUrls: { intake: `${aws.endpoint}/intake`, bulk: `${aws.endpoint}/bulk` },
      onLedgerTrouble: (error: unknown) => log.warn('the ledger failed', error),
      onQueueTrouble: (error: unknown) => log.warn('the queue failed', error),
    };
    const stores = openLedgerAndQueue(options, clients);
    return {
      settings: {
        ...settings,
        routes: settings.routes.length === 0 ? undefined : new Set(settings.routes),
        dedupeWindowMs: 604_800_000,
        runDeadlineMs: 345_600_000,
      },
      answerWithinMs: clients === patient ? longMs : 4_000,
      sources: new Map([
        [
          'segment',
          openSource(segment(settings), behaviour.secret === 'well' ? known : secretOf(clients), triggers),
        ],
      ]),
      ledgerAndQueue: async () => stores,
      now: () => nowMs,
      random: () => 0,
      sleep: async () => undefined,
    };
  };
  return {
    check: async (input) => {
      nowMs += 7;
      lines.length = 0;
      aws.behave(
        input.behaviour,
        JSON.stringify({ sharedSecret: [secretCanary], bearerToken: [`t${secretCanary}`] }),
      );
      const clients = areWell(input.behaviour) ? patient : hurried;
      const request = functionUrlEvent(input.request);
      const reception = await receiving(request, 2 * longMs, dependenciesOf(input, clients));
      logReception(log, reception, {
        durationMs: 5,
        version: '42',
        isColdStart: false,
        hasSeveralSources: false,
      });
      judgeAnswer(input, reception.answer, aws.calls);
      judgeTold(reception, lines);
      judgeMessages(reception, aws);
      return String(reception.answer.statusCode);
    },
    close: async () => {
      hurried.destroy();
      patient.destroy();
      await aws.stop();
    },
  };
}

interface Clients {
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly secrets: SecretsManagerClient;
  destroy(): void;
}

function clientsOf(endpoint: string, patienceMs: number): Clients {
  const settings = {
    region: 'eu-west-1',
    credentials: localCredentials,
    endpoint,
    ...clientConfig(patienceMs, 1),
  };
  const dynamodb = new DynamoDBClient(settings);
  const sqs = new SQSClient({ ...settings, md5: false });
  const secrets = new SecretsManagerClient(settings);
  const destroy = (): void => [dynamodb, sqs, secrets].forEach((client) => void client.destroy());
  return { dynamodb, sqs, secrets, destroy };
}

/** Answers and log lines must not contain secrets or personal data, and must be short. */
function judgeTold({ answer }: Reception, lines: readonly string[]): void {
  mustNotTell('the answer', JSON.stringify(answer));
  for (const line of lines) {
    mustNotTell('a line of the log', line);
    mustHold(line.length < 20_000, `a line of the log has ${line.length} characters`);
    mustHold(line.indexOf('\n') === line.length - 1, 'a line of the log is several');
    JSON.parse(line);
  }
  mustHold(!('polluted' in {}), 'the prototype of all objects has a member of the body');
}

/** The runner must be able to read every message. None has a write key, and none is missing that was said to be queued. */
function judgeMessages({ outcome }: Reception, { messages }: OddAws): void {
  for (const body of messages) {
    const message = parseQueueMessage(body);
    const { writeKey } = 'kind' in message ? {} : (message.event as { readonly writeKey?: unknown });
    mustHold(writeKey === undefined, 'a message carries a write key');
    mustHold(!body.includes(secretCanary), 'a message carries a secret');
  }
  const said = outcome?.queued.flatMap((event) => event.messages) ?? [];
  mustHold(
    said.every(({ body }) => messages.includes(body)),
    'a run is said to be queued, and the queue has not taken it',
  );
}
