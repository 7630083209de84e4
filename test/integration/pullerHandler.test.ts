import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { DeleteMessageCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { pullOf } from '../../functions/pulls/pullOf.ts';
import { parseRunMessage, type RunMessage } from '../../functions/queue/runMessage.ts';
import { bundleFunctions } from '../../infra/bundling/bundleFunctions.ts';
import { loadTriggers } from '../../infra/bundling/loadTriggers.ts';
import { localCredentials, region } from '../../local/account/account.ts';
import { type SegOpsSimulator, startSegOpsSimulator } from '../../simulators/segops/segOpsSimulator.ts';
import { drain, startWorld, type World } from './world.ts';

type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

const triggersText = `
import { askMave, definePull, defineTriggers, segopsSegments, trigger } from 'mavera-triggers';

const run = askMave(() => ({ message: 'Why?' }));
const people = (from, format) => definePull({
  kind: 'people',
  source: 'segment',
  operations: [],
  files: from.startsWith('http') ? [] : [from],
  start: {},
  step: (_, [answer]) =>
    answer === undefined
      ? { calls: [{ rows: { from, format }, fold: { start: () => [], row: (ids, { id }) => [...ids, id], end: (ids) => ids } }] }
      : { events: answer.value.map((id) => ({ item: id, event: 'Person Pulled', properties: { id } })) },
});
const pulling = (name, from) => trigger({ name, from, every: '1d' }, run);

export default defineTriggers([
  { name: 'recomputed', source: 'segops', when: 'event = "Segment Recomputed"', run,
    catchUp: { from: segopsSegments({ tenant: 'acme' }), every: '30m' } },
  { name: 'not-granted', source: 'segops', when: 'event = "Segment Recomputed"', run,
    catchUp: { from: segopsSegments({ tenant: 'acme' }), every: '30m' } },
  pulling('shipped', people('./data/ids.csv', 'csv')),
  pulling('of-s3', people('s3://my-bucket/ids.ndjson', 'ndjson')),
  pulling('of-origin', people(process.env.FILES_ORIGIN + '/ids.csv', 'csv')),
]);
`;
const accessText = `
import { defineAccess } from 'mavera-triggers';
export default defineAccess({
  pulls: { recomputed: { 'segops.segments': 'read' } },
});
`;

let world: World;
let segops: SegOpsSimulator;
let handler: Handler;
let queueUrls: { readonly pulls: string; readonly bulk: string };
const servers: Server[] = [];
const directory = mkdtempSync(join(tmpdir(), 'mavera-triggers-test-'));
/** The variables of this process before the tests. */
const before = { ...process.env };
const lines: string[] = [];

/** A server of this machine. @returns its origin */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The client sends to the host of a queue's URL, and not every machine knows the emulator's. */
function atEndpoint(queueUrl: string, endpoint: string): string {
  return `${endpoint}${new URL(queueUrl).pathname}`;
}

/** The puller as it is deployed: its bundle, with the variables of the template. */
beforeAll(async () => {
  world = await startWorld();
  segops = await startSegOpsSimulator({ tenant: 'acme' });
  queueUrls = { pulls: await world.newQueue(), bulk: await world.newQueue() };
  const secret = {
    Name: `segops-api-${Date.now()}`,
    SecretString: JSON.stringify({ apiKey: segops.apiKey }),
  };
  const { ARN = '' } = await world.clients.secretsmanager.send(new CreateSecretCommand(secret));
  const topic = new CreateTopicCommand({ Name: `results-${Date.now()}` });
  const { TopicArn: topicArn = '' } = await world.clients.sns.send(topic);
  const endpoints = inject('awsEndpoints');
  Object.assign(process.env, {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SNS: endpoints.sns,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsmanager,
    AWS_ENDPOINT_URL_S3: await serve(({ url }, response) => {
      response.statusCode = url?.startsWith('/my-bucket/ids.ndjson') === true ? 200 : 404;
      response.end('{"id":"s1"}\n{"id":"s2"}\n');
    }),
    FILES_ORIGIN: await serve((_, response) => {
      response.end(gzipSync('id\no1\no2\n'));
    }),
    LEDGER_TABLE_NAME: world.table,
    BULK_QUEUE_URL: atEndpoint(queueUrls.bulk, endpoints.sqs),
    PULL_QUEUE_URL: atEndpoint(queueUrls.pulls, endpoints.sqs),
    PULL_MAX_RECEIVES: '2',
    PULL_DEADLINE_SECONDS: '86400',
    RUN_DEADLINE_SECONDS: '345600',
    RESULTS_TOPIC_ARN: topicArn,
    SEGOPS_BASE_URL: segops.baseUrl,
    SEGOPS_API_SECRET_ARN: ARN,
    SEGOPS_REQUESTS_PER_MINUTE: '6000',
    SERVICE_NAME: 'test',
    METRICS_NAMESPACE: 'Test',
  });
  const triggersFile = join(directory, 'triggers.ts');
  writeFileSync(triggersFile, triggersText);
  writeFileSync(join(directory, 'access.ts'), accessText);
  mkdirSync(join(directory, 'data'));
  writeFileSync(join(directory, 'data/ids.csv'), 'id\nf1\nf2\nf3\n');
  const pulls = loadTriggers(triggersFile).flatMap((trigger) => pullOf(trigger) ?? []);
  const code = bundleFunctions(directory, { id: 'test', triggersFile, withForgetter: false, pulls });
  ({ handler } = (await import(pathToFileURL(join(code.puller ?? '', 'index.mjs')).href)) as {
    handler: Handler;
  });
});

afterAll(async () => {
  for (const name of Object.keys(process.env).filter((one) => process.env[one] !== before[one])) {
    delete process.env[name];
  }
  Object.assign(process.env, before);
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await segops.stop();
  await world.stop();
  rmSync(directory, { recursive: true });
});

/** Invokes the handler as Lambda's mapping does. */
async function invoke(messages: readonly Message[], receiveCount = 1): Promise<SQSBatchResponse> {
  const records = messages.map(({ MessageId: messageId = '', Body: body = '' }) => ({
    messageId,
    body,
    attributes: { ApproximateReceiveCount: `${receiveCount}` },
  }));
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  try {
    return await handler(
      { Records: records } as unknown as SQSEvent,
      { awsRequestId: 'request-1' } as Context,
    );
  } finally {
    write.mockRestore();
  }
}

function start(trigger: string, occurrence: string): Message {
  return { MessageId: occurrence, Body: JSON.stringify({ version: 1, kind: 'start', trigger, occurrence }) };
}

/** Starts an occurrence, and delivers its messages until there is none. @returns the runs that it queued */
async function pull(trigger: string, occurrence: string): Promise<readonly RunMessage[]> {
  expect(await invoke([start(trigger, occurrence)])).toEqual({ batchItemFailures: [] });
  for (;;) {
    const { Messages: [message] = [] } = await world.clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrls.pulls, WaitTimeSeconds: 1 }),
    );
    if (message === undefined) {
      break;
    }
    expect(await invoke([message])).toEqual({ batchItemFailures: [] });
    const { ReceiptHandle } = message;
    await world.clients.sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrls.pulls, ReceiptHandle }));
  }
  return (await drain(world.clients.sqs, queueUrls.bulk)).map(({ Body = '' }) => parseRunMessage(Body));
}

/** What the puller has logged of a pull. */
function logOf(trigger: string): readonly Record<string, unknown>[] {
  return lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line.trigger === trigger || line.agent === `pull/${trigger}`);
}

describe('the deployed puller', () => {
  it('reads a system with the key of its secret, and queues a run for what is new', async () => {
    const first = await pull('recomputed', '2026-11-29T12:00:00Z');
    expect(first.map(({ event }) => event.properties.segment_id)).toEqual(
      segops.segments().map(({ id }) => id),
    );
    expect(await pull('recomputed', '2026-11-29T12:30:00Z')).toEqual([]);
  });

  it('logs each call and what became of the pull, and no key', async () => {
    await pull('recomputed', '2026-11-29T13:00:00Z');
    const logged = logOf('recomputed');
    expect(logged.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        'Pull recomputed (segopsSegments) has started: occurrence 2026-11-29T13:00:00Z.',
        expect.stringMatching(/^Pull recomputed listed the segments at /),
        expect.stringMatching(/^Pull recomputed \(segopsSegments\) is done: /),
      ]),
    );
    expect(logged).toContainEqual(expect.objectContaining({ service: 'test', requestId: 'request-1' }));
    expect(lines.join('')).not.toContain(segops.apiKey);
  });

  it('calls nothing that access.ts does not grant', async () => {
    const asked = segops.calls().length;
    expect(await pull('not-granted', '2026-11-29T12:00:00Z')).toEqual([]);
    expect(segops.calls()).toHaveLength(asked);
    expect(logOf('not-granted').at(-1)?.message).toMatch(/has failed: .*segops\.segments/);
  });

  it.each([
    ['that was shipped with it', 'shipped', ['f1', 'f2', 'f3']],
    ['of S3', 'of-s3', ['s1', 's2']],
    ['of the origin that the local system names', 'of-origin', ['o1', 'o2']],
  ])('reads a file %s', async (_, trigger, ids) => {
    const runs = await pull(trigger, '2026-11-29T12:00:00Z');
    expect(runs.map(({ event }) => event.properties.id)).toEqual(ids);
    expect(new Set(runs.map(({ route }) => route))).toEqual(new Set(['~pull']));
  });

  it('reports the messages of a batch that failed, and no others', async () => {
    const answer = await invoke([
      { MessageId: 'unreadable', Body: 'not JSON' },
      start('removed', '2026-11-29T12:00:00Z'),
      { MessageId: 'unknown', Body: '{"version":2}' },
    ]);
    expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual([
      'unreadable',
      'unknown',
    ]);
    expect(lines.filter((line) => line.includes('"ERROR"')).join('')).not.toContain('not JSON');
  });
});
