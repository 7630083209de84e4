import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signSegmentRequest } from '../../functions/index.ts';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { readLocalState } from '../../local/dev/localState.ts';
import { readLines } from '../../local/lambda/readLines.ts';
import { localSecrets } from '../../local/system/systemOptions.ts';
import { sendActionId, webhooksMetadataId } from '../../simulators/segment/workspace/catalog.ts';

const children: ChildProcess[] = [];

/** The temporary directory of the processes, which keeps what a killed one leaves. */
let temporaryDirectory: string;

beforeAll(async () => {
  temporaryDirectory = await mkdtemp(join(tmpdir(), 'dev-test-'));
});

afterAll(() => rm(temporaryDirectory, { recursive: true }));

afterEach(() => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
  }
});

interface Dev {
  readonly child: ChildProcess;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** Settles with the exit code and all of stderr. */
  readonly ended: Promise<readonly [number, string]>;
}

function startDev(environment: Record<string, string>): Dev {
  const script = fileURLToPath(new URL('../../local/dev.ts', import.meta.url));
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  const child = spawn(process.execPath, [script], {
    // Not the developer's directory, whose state file belongs to another system.
    cwd: temporaryDirectory,
    env: {
      PATH,
      NODE_COMPILE_CACHE,
      PORT: '0',
      TMPDIR: temporaryDirectory,
      TRIGGERS: join(projectRoot, 'triggers.ts'),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const [stdout, stderr]: [string[], string[]] = [[], []];
  readLines(child.stdout, (line) => stdout.push(line));
  readLines(child.stderr, (line) => stderr.push(line));
  const ended = Promise.all([once(child, 'close'), text(child.stderr)]).then(
    ([[code], errors]) => [Number(code), errors] as const,
  );
  return { child, stdout, stderr, ended };
}

async function ready(dev: Dev): Promise<Readonly<Record<string, string>>> {
  await expect.poll(() => dev.stdout[0] ?? dev.child.exitCode, { timeout: 400_000 }).not.toBeNull();
  const line = dev.stdout[0] ?? '';
  expect(line).toMatch(/^ready \{/);
  return JSON.parse(line.slice('ready '.length));
}

async function isListening(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

describe('npm run dev', () => {
  it('prints one ready line, serves signed requests, and stops everything that it started', async () => {
    const dev = startDev({ MAVERA_REQUESTS_PER_MINUTE: '6000' });
    const details = await ready(dev);
    expect(details).toMatchObject({
      segment: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/segment$/),
      sharedSecret: 'local-shared-secret',
      table: expect.any(String),
      queue: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/000000000000\//),
    });
    const payload = {
      type: 'track',
      event: 'plan_upgraded',
      messageId: 'dev-1',
      userId: 'u',
      properties: {},
    };
    const { body, headers } = signSegmentRequest({ payload, secret: details.sharedSecret ?? '' });
    const answer = await fetch(details.segment ?? '', { method: 'POST', body, headers });
    expect(await answer.json()).toMatchObject({ received: 1, queued: 1 });
    const reported = (): boolean =>
      dev.stderr.some((line) => / run {2}\w{8} {2}plan-upgraded {2}done /.test(line));
    await expect.poll(reported).toBe(true);
    expect(dev.stdout).toHaveLength(1);
    expect(await readLocalState(temporaryDirectory)).toEqual({
      version: 2,
      pid: dev.child.pid,
      endpoints: {
        dynamodb: details.dynamodb,
        sqs: details.sqs,
        secretsmanager: details.secretsmanager,
        logs: details.logs,
      },
      tableName: details.table,
      runQueueUrl: details.queue,
      bulkQueueUrl: details.bulkQueue,
      readyQueueUrl: details.readyQueue,
      deadLetterQueueUrl: details.deadLetterQueue,
      receiverLogGroup: expect.stringContaining('Receiver'),
      runnerLogGroup: expect.stringContaining('Runner'),
      segmentUrl: details.segment,
      segmentSecretArn: details.segmentSecret,
      triggersFile: expect.stringMatching(/\/triggers\.ts$/),
      workspace: { apiUrl: details.segmentApi, trackingUrl: `${details.segmentApi}/v1` },
      sendgridApi: { apiUrl: details.sendgridApi },
      maveraApi: { apiUrl: details.mavera },
      maveraSecretArn: details.maveraSecret,
    });
    expect(details).not.toHaveProperty('sendgrid');
    expect(details).not.toHaveProperty('segops');
    dev.child.kill('SIGINT');
    expect(await dev.ended).toEqual([0, expect.any(String)]);
    expect(await readLocalState(temporaryDirectory)).toBeUndefined();
    const urls = ['segment', 'mavera', 'dynamodb', 'sqs', 'secretsmanager'].map(
      (name) => details[name] ?? '',
    );
    expect(await Promise.all(urls.map(isListening))).toEqual(urls.map(() => false));
  });

  it('delivers tracked events, its own reports start no run, and its emulators end when it is killed', async () => {
    const triggers = fileURLToPath(new URL('triggers/everyTrackEvent.ts', import.meta.url));
    const dev = startDev({ SEGMENT_WRITE_KEY: 'of-the-source', TRIGGERS: triggers });
    const { segmentApi = '', segment, sharedSecret, dynamodb = '', sqs = '' } = await ready(dev);
    const authorization = `Bearer ${localSecrets.segmentApiToken}`;
    const create = async (path: string, body: object): Promise<Record<string, { readonly id: string }>> => {
      const response = await fetch(`${segmentApi}${path}`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return ((await response.json()) as { readonly data: Record<string, { readonly id: string }> }).data;
    };
    const { destination } = await create('/destinations', {
      sourceId: 'src_local',
      metadataId: webhooksMetadataId,
      settings: { sharedSecret, useSegmentSignatureHeader: true },
    });
    await create(`/destinations/${destination?.id}/subscriptions`, {
      name: 'Everything',
      actionId: sendActionId,
      trigger: 'type = "track"',
      enabled: true,
      settings: { url: segment },
    });
    await fetch(`${segmentApi}/v1/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        writeKey: 'of-the-source',
        batch: [{ type: 'track', event: 'any', userId: 'u' }],
      }),
    });
    const requests = (): readonly string[] =>
      dev.stderr.flatMap((line) => /request {2}(.*)/.exec(line)?.[1] ?? []);
    await expect
      .poll(requests)
      .toEqual([
        expect.stringContaining('received 1, queued 1'),
        expect.stringContaining('received 1, ignored 1'),
      ]);
    expect(dev.stderr.join()).not.toContain('of-the-source');
    dev.child.kill('SIGKILL');
    await expect.poll(() => isListening(dynamodb)).toBe(false);
    await expect.poll(() => isListening(sqs)).toBe(false);
  });

  it('opens the sources that triggers name, and looks up profiles in a simulated space', async () => {
    const triggers = fileURLToPath(new URL('triggers/everySource.ts', import.meta.url));
    const dev = startDev({ TRIGGERS: triggers, MAVERA_REQUESTS_PER_MINUTE: '6000' });
    const { segment = '', sharedSecret = '', ...details } = await ready(dev);
    expect(details.sendgrid).toBe(segment.replace('/segment', '/sendgrid'));
    const order = async (url: string, body: object): Promise<unknown> =>
      (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).json();
    const click = { event: 'click', email: 'jane@example.com', sg_event_id: 'click-1', timestamp: 1 };
    const now = Math.floor(Date.now() / 1000);
    expect(
      await order(`${details.sendgridApi}/__simulator/events`, {
        url: details.sendgrid,
        events: [{ ...click, timestamp: now }],
      }),
    ).toMatchObject({ posts: [{ status: 200, answer: { queued: 1 } }] });
    const recompute = `${new URL(details.segopsApi ?? '').origin}/__simulator/recompute`;
    expect(await order(recompute, { segment: 42 })).toMatchObject({
      posts: [{ status: 200, answer: { queued: 1 } }],
    });
    for (const userId of ['u_1016', 'u_1013']) {
      const payload = { type: 'track', event: 'churn_signal', messageId: userId, userId, properties: {} };
      const { body, headers } = signSegmentRequest({ payload, secret: sharedSecret });
      await fetch(segment, { method: 'POST', body, headers });
    }
    const runs = (): readonly string[] =>
      dev.stderr.flatMap((line) => / run {2}\w{8} {2}(\S+ {2}(?:done|skipped {2}\w+))/.exec(line)?.[1] ?? []);
    await expect
      .poll(() => runs().toSorted())
      .toEqual(['clicked  done', 'recomputed  done', 'vip-left  done', 'vip-left  skipped  not_wanted']);
    const { runnerLogGroup } = (await readLocalState(temporaryDirectory)) ?? {};
    const logs = new CloudWatchLogsClient({
      region: 'us-east-1',
      endpoint: details.logs ?? '',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    });
    const filterPattern = '{ $.record = "call" && $.system = "segmentProfiles" }';
    const { events = [] } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: runnerLogGroup, filterPattern }),
    );
    logs.destroy();
    expect(events).toHaveLength(2);
  });

  it('boots the puller if a trigger pulls, says where a pull is started, and never prints a secret that it was given', async () => {
    const triggers = fileURLToPath(new URL('triggers/pulls.ts', import.meta.url));
    const dev = startDev({ TRIGGERS: triggers, SEGMENT_SHARED_SECRET: 'of-the-customer' });
    const details = await ready(dev);
    expect(details).not.toHaveProperty('sharedSecret');
    const { pulls, pullQueue = '', pullDeadLetterQueue, sqs } = details;
    expect(pulls).toEqual(['devices']);
    expect(await readLocalState(temporaryDirectory)).toMatchObject({
      pullQueueUrl: pullQueue,
      pullDeadLetterQueueUrl: pullDeadLetterQueue,
      pullerLogGroup: expect.stringContaining('Puller'),
      pulls: { devices: expect.stringMatching(/^cron\(.* UTC$/) },
    });
    const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
    const client = new SQSClient({ region: 'us-east-1', endpoint: sqs ?? '', credentials });
    const start = { version: 1, kind: 'start', trigger: 'devices', occurrence: 'of-a-test' };
    await client.send(new SendMessageCommand({ QueueUrl: pullQueue, MessageBody: JSON.stringify(start) }));
    client.destroy();
    const said = (pattern: RegExp) => (): boolean => dev.stderr.some((line) => pattern.test(line));
    await expect.poll(said(/ pull {2}Pull devices \(sendgridStats\) is done: /)).toBe(true);
    await expect.poll(said(/ run {2}\w{8} {2}devices {2}done /)).toBe(true);
    dev.child.kill('SIGTERM');
    const [code, errors] = await dev.ended;
    expect(code).toBe(0);
    expect(dev.stdout.join() + errors).not.toContain('of-the-customer');
  });

  it('can be ended while it is booting', async () => {
    const dev = startDev({});
    await expect.poll(() => dev.stderr.length).toBeGreaterThan(0);
    dev.child.kill('SIGINT');
    expect((await dev.ended)[0]).toBe(130);
  });
});

describe('npm run dev prints one line, without a stack, for', () => {
  it('a port that is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    expect(await startDev({ PORT: String(port) }).ended).toEqual([
      1,
      expect.stringMatching(
        new RegExp(`^PORT ${port} is in use: set PORT to another port, or to 0 for any free one\n$`),
      ),
    ]);
    server.close();
  });

  it('a wrong variable', async () => {
    expect(await startDev({ PORT: 'many' }).ended).toEqual([
      1,
      'PORT must be a whole number from 0 to 65535\n',
    ]);
  });

  it('a broken triggers file', async () => {
    const file = join(temporaryDirectory, 'triggers.ts');
    await writeFile(file, 'export default defineTriggers([');
    const [code, errors] = await startDev({ TRIGGERS: file }).ended;
    expect(code).toBe(1);
    expect(errors).toContain('triggersFile:');
    expect(errors).not.toMatch(/^\s+at /m);
  });
});
