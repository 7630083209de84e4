import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import triggers from '#triggers';
import { clientSettings } from './aws/clientSettings.ts';
import { flag, numeric, parseEnvironment, required } from './environment/parseEnvironment.ts';
import { Claims } from './ledger/claims.ts';
import { functionLog } from './observability/functionLog.ts';
import { RunQueue } from './queue/runQueue.ts';
import { type HttpAnswer, refusalAnswer } from './receive/httpAnswer.ts';
import { logReception } from './receive/logReception.ts';
import { type ReceiverDependencies, type Reception, receive } from './receive/receive.ts';
import { secretsManagerSecret } from './secrets/secretsManagerSecret.ts';
import { parseSegmentCredentials } from './sources/segment/credentials.ts';
import { compileTriggers } from './triggers/matchTriggers.ts';

const environment = parseEnvironment(
  z.object({
    LEDGER_TABLE_NAME: required,
    RUN_QUEUE_URL: required,
    SEGMENT_SECRET_ARN: required,
    DEDUPE_WINDOW_SECONDS: numeric,
    RUN_DEADLINE_SECONDS: numeric,
    MAX_BODY_BYTES: numeric,
    ROUTES: z.string(),
    ALLOW_FIRST_EVENT_SIGNATURE: flag,
    ACCEPT_REPLAYS: flag,
  }),
  process.env,
);

/** Segment waits 5 s (Classic) or 10 s (Actions); the rest of the 5 s is for the network and a cold start. */
const answerWithinMs = 4_000;

const now = Date.now;
const log = functionLog();
const dependencies: ReceiverDependencies = {
  settings: {
    maxBodyBytes: environment.MAX_BODY_BYTES,
    routes: environment.ROUTES === '' ? undefined : new Set(environment.ROUTES.split(',')),
    dedupeWindowMs: environment.DEDUPE_WINDOW_SECONDS * 1000,
    runDeadlineMs: environment.RUN_DEADLINE_SECONDS * 1000,
    allowFirstEventSignature: environment.ALLOW_FIRST_EVENT_SIGNATURE,
    acceptReplays: environment.ACCEPT_REPLAYS,
    answerWithinMs,
  },
  triggers: compileTriggers(triggers),
  segmentSecret: secretsManagerSecret({
    secretId: environment.SEGMENT_SECRET_ARN,
    parse: parseSegmentCredentials,
    now,
    onTrouble: (error) => log.warn("Segment's secret cannot be read", error),
  }),
  claims: new Claims(new DynamoDBClient(clientSettings(1_000, 2)), environment.LEDGER_TABLE_NAME, (error) =>
    log.warn('the ledger failed', error),
  ),
  queue: new RunQueue(
    // A signature and TLS protect the body already; the checksum is a tenth of a batch's CPU.
    new SQSClient({ ...clientSettings(1_500, 2), md5: false }),
    environment.RUN_QUEUE_URL,
    (error) => log.warn('the queue failed', error),
  ),
  now,
};

dependencies.segmentSecret.warm();

let isColdStart = true;

/** Takes requests of a Function URL or HTTP API, payload format 2.0. */
export async function handler(event: unknown, context: Context): Promise<HttpAnswer> {
  const startedAtMs = now();
  log.begin(context.awsRequestId);
  const reception = await receiveSafely(event, context.getRemainingTimeInMillis());
  logReception(log, reception, { durationMs: now() - startedAtMs, isColdStart });
  isColdStart = false;
  return reception.answer;
}

/** What nobody foresaw is answered 500, which Segment tries again. */
async function receiveSafely(event: unknown, remainingMs: number): Promise<Reception> {
  try {
    return await receive(event, remainingMs, dependencies);
  } catch (error) {
    log.error('the receiver failed', error);
    const detail = 'The receiver failed; its log has the reason: try again';
    return { answer: refusalAnswer(500, detail), detail };
  }
}
