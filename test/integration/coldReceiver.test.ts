import { cpSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { handlerEnvironment } from '../../lab/bench/aws/handlerEnvironment.ts';
import { bundleReceiver } from '../../lab/bench/bundles/bundleReceiver.ts';
import { functionUrlEvent, sharedSecret } from '../../lab/bench/load/functionUrlEvent.ts';
import { segmentEvent } from '../../lab/bench/load/segmentEvent.ts';
import { closeServer, listen } from '../../simulators/http/listen.ts';
import { temporaryDirectory } from '../infra/temporaryDirectory.ts';
import { drain, startWorld, type World } from './world.ts';

type Handler = (event: unknown, context: object) => Promise<{ statusCode: number; body: string }>;

const context = { awsRequestId: 'first', functionVersion: '1', getRemainingTimeInMillis: () => 60_000 };
const bundled = temporaryDirectory();

let world: World;
let queueUrl: string;
let secretsManager: Server;
/** How Secrets Manager answers each request in turn; the last one again and again. */
let answers: (() => Promise<{ readonly status: number; readonly body: object }>)[];
let fetches: number;

const secretIs = (secret: string) => async () => ({
  status: 200,
  body: { SecretString: JSON.stringify({ sharedSecret: secret }) },
});
const fails = async () => ({
  status: 400,
  body: { __type: 'AccessDeniedException', Message: 'not allowed' },
});

beforeAll(async () => {
  world = await startWorld();
  bundleReceiver(bundled);
  secretsManager = createServer((_request, response) => {
    fetches += 1;
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.().then(({ status, body }) => response.writeHead(status).end(JSON.stringify(body)));
  });
  await listen(secretsManager, 0);
});

afterAll(async () => {
  secretsManager.closeAllConnections();
  await closeServer(secretsManager);
  await world.stop();
});

beforeEach(async () => {
  fetches = 0;
  answers = [secretIs(sharedSecret)];
  const endpoints = inject('awsEndpoints');
  queueUrl = await world.newQueue();
  const resources = {
    tableName: world.table,
    queueUrl: `${endpoints.sqs}${new URL(queueUrl).pathname}`,
    secretArn: 'segment',
  };
  const address = secretsManager.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const variables = {
    ...handlerEnvironment(resources),
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}`,
  };
  for (const [name, value] of Object.entries(variables)) {
    vi.stubEnv(name, value);
  }
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** A new environment: a copy of the bundle that was never imported. */
async function coldReceiver(): Promise<{ readonly handler: Handler; readonly directory: string }> {
  const directory = temporaryDirectory();
  cpSync(bundled, directory, { recursive: true });
  const { handler } = (await import(pathToFileURL(join(directory, 'index.mjs')).href)) as {
    handler: Handler;
  };
  return { handler, directory };
}

/** The module with the clients of DynamoDB and SQS. */
function clientsIn(directory: string): string {
  const name = readdirSync(directory).find((file) => file.startsWith('ledgerAndQueue-'));
  return join(directory, name ?? 'there is none');
}

const wanted = (secret?: string): object => functionUrlEvent(segmentEvent('wanted'), secret);
const unwanted = (): object => functionUrlEvent(segmentEvent('ignored'));
const queued = async (): Promise<number> => (await drain(world.clients.sqs, queueUrl)).length;

describe('the first request of an environment', () => {
  it('queues an event that a trigger wants, after one fetch of the secret', async () => {
    const { handler } = await coldReceiver();
    expect(await handler(wanted(), context)).toMatchObject({ statusCode: 200 });
    expect(fetches).toBe(1);
    expect(await queued()).toBe(1);
  });

  it('needs no client of DynamoDB or SQS if no trigger wants the event, or its signature is wrong', async () => {
    const { handler, directory } = await coldReceiver();
    rmSync(clientsIn(directory));
    expect(await handler(unwanted(), context)).toMatchObject({ statusCode: 200 });
    expect(await handler(wanted('another secret'), context)).toMatchObject({ statusCode: 401 });
  });

  it('is answered 503 when the clients cannot be loaded, and the next one is queued', async () => {
    const { handler, directory } = await coldReceiver();
    const clients = clientsIn(directory);
    renameSync(clients, `${clients}.away`);
    const event = wanted();
    expect(await handler(event, context)).toMatchObject({
      statusCode: 503,
      body: expect.stringContaining('cannot load a part of itself'),
    });
    renameSync(`${clients}.away`, clients);
    expect(await handler(event, context)).toMatchObject({ statusCode: 200 });
    expect(await queued()).toBe(1);
  });

  it('waits for a secret that comes late', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    answers = [() => promise.then(secretIs(sharedSecret))];
    const { handler } = await coldReceiver();
    const answer = handler(wanted(), context);
    resolve();
    expect(await answer).toMatchObject({ statusCode: 200 });
  });

  it('is answered 503 when the secret cannot be read', async () => {
    answers = [fails];
    const { handler } = await coldReceiver();
    expect(await handler(wanted(), context)).toMatchObject({
      statusCode: 503,
      body: expect.stringContaining("Segment's secret is not configured or cannot be read"),
    });
  });

  it('fetches the secret once if its signature is wrong: the secret is newer than the request', async () => {
    const event = wanted('another secret');
    const { handler } = await coldReceiver();
    expect(await handler(event, context)).toMatchObject({ statusCode: 401 });
    expect(fetches).toBe(1);
  });

  it('is accepted if the secret was rotated after the environment had fetched it', async () => {
    answers = [secretIs('the old secret'), secretIs(sharedSecret)];
    const { handler } = await coldReceiver();
    expect(await handler(wanted('the old secret'), context)).toMatchObject({ statusCode: 200 });
    expect(await handler(wanted(), context)).toMatchObject({ statusCode: 200 });
    expect(fetches).toBe(2);
  });
});
