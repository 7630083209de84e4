import { getEarlySecretValue, type secretVariables } from './secrets/firstFetch.ts';

// The module above comes first: it sends for the secrets, which arrive while the rest is imported.

import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { createSource as createSegment } from '#sources/segment';
import { createSource as createSegOps } from '#sources/segops';
import { createSource as createSendGrid } from '#sources/sendgrid';
import triggers from '#triggers';
import { renewConnections } from './aws/connections.ts';
import { flag, numeric, parseEnvironment, required } from './environment/parseEnvironment.ts';
import { functionLog } from './observability/functionLog.ts';
import { requestHandler } from './receive/handleRequest.ts';
import type { LedgerAndQueue } from './receive/ledgerAndQueue.ts';
import { loadOnce } from './receive/loadOnce.ts';
import { type OpenSource, openSource } from './receive/openSource.ts';
import type { ReceiverDependencies } from './receive/receiverDependencies.ts';
import { secretsManagerSecret } from './secrets/secretsManagerSecret.ts';
import type { Source, SourceName } from './sources/source.ts';
import { compileTriggers } from './triggers/matchTriggers.ts';
import { sourcesOf } from './triggers/sourcesOf.ts';

const environment = parseEnvironment(
  z.object({
    LEDGER_TABLE_NAME: required,
    RUN_QUEUE_URL: required,
    BULK_QUEUE_URL: required,
    SEGMENT_SECRET_ARN: z.optional(required),
    SENDGRID_SECRET_ARN: z.optional(required),
    SENDGRID_USER_ID_ARGUMENT: z.optional(required),
    SEGOPS_SECRET_ARN: z.optional(required),
    DEDUPE_WINDOW_SECONDS: numeric,
    RUN_DEADLINE_SECONDS: numeric,
    MAX_BODY_BYTES: numeric,
    ROUTES: z.string(),
    ALLOW_FIRST_EVENT_SIGNATURE: flag,
    ACCEPT_REPLAYS: flag,
    HONOUR_DELETES: z.optional(flag),
  }),
  process.env,
);

const now = Date.now;
const log = functionLog();
const dependencies: ReceiverDependencies = {
  settings: {
    maxBodyBytes: environment.MAX_BODY_BYTES,
    routes: environment.ROUTES === '' ? undefined : new Set(environment.ROUTES.split(',')),
    dedupeWindowMs: environment.DEDUPE_WINDOW_SECONDS * 1000,
    runDeadlineMs: environment.RUN_DEADLINE_SECONDS * 1000,
    acceptReplays: environment.ACCEPT_REPLAYS,
    honourDeletes: environment.HONOUR_DELETES === true,
  },
  // Segment waits 5 s (Classic) or 10 s (Actions); the rest of the 5 s is for the network and a cold start.
  answerWithinMs: 4_000,
  sources: new Map([...sourcesOf(triggers)].map((name) => [name, openByName(name)])),
  ledgerAndQueue: loadOnce(loadLedgerAndQueue, (error) =>
    log.error('the clients of AWS cannot be loaded', error),
  ),
  now,
  random: Math.random,
  sleep,
};

for (const source of dependencies.sources.values()) {
  source.warm();
}

/** Not imported with the receiver: most of what a cold start would import, and not needed by most requests. */
async function loadLedgerAndQueue(): Promise<LedgerAndQueue> {
  const { connectLedgerAndQueue } = await import('./receive/ledgerAndQueue.ts');
  return connectLedgerAndQueue({
    tableName: environment.LEDGER_TABLE_NAME,
    queueUrls: { intake: environment.RUN_QUEUE_URL, bulk: environment.BULK_QUEUE_URL },
    onLedgerTrouble: (error) => log.warn('the ledger failed', error),
    onQueueTrouble: (error) => log.warn('the queue failed', error),
  });
}

function openByName(name: SourceName): OpenSource {
  switch (name) {
    case 'segment': {
      const options = { allowFirstEventSignature: environment.ALLOW_FIRST_EVENT_SIGNATURE };
      return open(createSegment(options), 'SEGMENT_SECRET_ARN');
    }
    case 'sendgrid': {
      const options = { userIdArgument: environment.SENDGRID_USER_ID_ARGUMENT ?? 'user_id' };
      return open(createSendGrid(options), 'SENDGRID_SECRET_ARN');
    }
    case 'segops':
      return open(createSegOps(), 'SEGOPS_SECRET_ARN');
  }
}

function open<Credentials>(
  source: Source<Credentials>,
  variable: (typeof secretVariables)[number],
): OpenSource {
  const secretId = environment[variable];
  if (secretId === undefined) {
    throw new Error(`The variable ${variable} is missing, and a trigger names the source ${source.name}`);
  }
  const secret = secretsManagerSecret({
    secretId,
    fetch: getEarlySecretValue,
    parse: source.parseCredentials,
    now,
    onTrouble: (error) => log.warn(`${source.title}'s secret cannot be read`, error),
  });
  return openSource(source, secret, compileTriggers(triggers, source.name));
}

const answer = requestHandler(dependencies, log);

/** Answers requests of a Function URL or HTTP API, payload format 2.0. */
export const handler: typeof answer = (event, context) => {
  renewConnections(now());
  return answer(event, context);
};
