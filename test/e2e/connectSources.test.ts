import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signSegOpsRequest } from '../../functions/sources/segops/signRequest.ts';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { writeLocalState } from '../../local/dev/localState.ts';
import { bootLocalSystem, type LocalSystem } from '../../local/system.ts';
import {
  type SendGridSimulator,
  startSendGridSimulator,
} from '../../simulators/sendgrid/sendGridSimulator.ts';
import { runConnect, startConnect } from '../cli/connect/connectWorld.ts';
import type { Result } from '../cli/runCommand.ts';

const triggersFile = join(projectRoot, 'test/e2e/triggers/connectedSources.ts');
const settings = '/v3/user/webhooks/event/settings';

let system: LocalSystem;
let sendgrid: SendGridSimulator;
let directory: string;
/** What the receiver has logged about each request. */
const requests: Readonly<Record<string, unknown>>[] = [];

beforeAll(async () => {
  sendgrid = await startSendGridSimulator();
  system = await bootLocalSystem({
    maveraBaseUrl: 'http://127.0.0.1:9/api/v1',
    triggersFile,
    onLog: ({ record }) => {
      if (record?.message === 'request') {
        requests.push(record);
      }
    },
  });
  directory = await mkdtemp(join(tmpdir(), 'connect-'));
  const { dynamodb, sqs, secretsmanager, logs } = system.endpoints;
  const { tableName, runQueueUrl, deadLetterQueueUrl } = system.resources;
  const { segmentSecretArn, sendgridSecretArn, segopsSecretArn } = system.resources;
  await writeLocalState(directory, {
    version: 2,
    pid: process.pid,
    endpoints: { dynamodb, sqs, secretsmanager, logs },
    tableName,
    runQueueUrl,
    deadLetterQueueUrl,
    segmentUrl: system.segmentUrl,
    segmentSecretArn,
    sendgridSecretArn,
    segopsSecretArn,
    receiverLogGroup: system.logGroups.receiver,
    triggersFile,
    sendgridApi: { apiUrl: sendgrid.baseUrl },
  });
});

afterAll(async () => {
  await system?.stop();
  await sendgrid?.stop();
  await rm(directory, { recursive: true, force: true });
});

const connect = (...args: readonly string[]): Promise<Result> => runConnect(args, directory, {});
/** In a process of its own. */
const connectProcess = (...args: readonly string[]): Promise<Result> => startConnect(args, directory);
const writes = (): number => sendgrid.calls().filter(({ method }) => method !== 'GET').length;
const sendgridUrl = (): string => system.sourceUrls.sendgrid ?? '';

async function secretOf(arn: string | undefined): Promise<Readonly<Record<string, unknown>>> {
  const { SecretString = '' } = await system.clients.secretsmanager.send(
    new GetSecretValueCommand({ SecretId: arn }),
  );
  return JSON.parse(SecretString);
}

/** Calls SendGrid's API as somebody would in its pages. */
async function byHand(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${sendgrid.baseUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${sendgrid.apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.status === 204 ? undefined : await response.json();
}

describe('npm run connect -- sendgrid, in this order', () => {
  it('prints a plan and changes nothing with --dry-run', async () => {
    const { code, stdout } = await connect('sendgrid', '--dry-run');
    expect([code, stdout]).toEqual([0, expect.stringContaining(`posts to ${sendgridUrl()}`)]);
    expect(writes()).toBe(0);
    expect(await secretOf(system.resources.sendgridSecretArn)).toMatchObject({ publicKey: '' });
  });

  it('sets SendGrid up, and receives its test event, which starts no run', async () => {
    const { code, stdout, stderr } = await connectProcess('sendgrid');
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('done: create event webhook mavera-triggers local'),
    ]);
    expect(stdout).toContain('The test event arrived by the route default');
    const { publicKey, addressKey } = await secretOf(system.resources.sendgridSecretArn);
    expect(publicKey).toBe(sendgrid.publicKey);
    expect(stdout + stderr).not.toContain(addressKey);
    expect(stdout + stderr).not.toContain(sendgrid.apiKey);
    await expect
      .poll(() => requests.find(({ status }) => status === 200))
      .toMatchObject({
        source: 'sendgrid',
        received: 11,
        queued: 1,
        duplicates: 10,
        triggers: {},
      });
  });

  it('changes nothing the second time', async () => {
    const before = writes();
    const { code, stdout } = await connect('sendgrid', '--no-test');
    expect([code, stdout]).toEqual([0, expect.stringContaining('Nothing to do.')]);
    expect(await connect('sendgrid', 'check')).toMatchObject({ code: 0 });
    expect(writes()).toBe(before);
  });

  it('lets real events start runs', async () => {
    const event = {
      email: 'jane@example.com',
      event: 'click',
      sg_event_id: 'click-1',
      timestamp: Date.now() / 1000,
    };
    const [delivery] = await sendgrid.send([event]);
    expect(delivery?.outcome).toBe('delivered');
    await expect
      .poll(() => requests.at(-1))
      .toMatchObject({ triggers: { 'every-e-mail-event': { queued: 1 } } });
  });

  it('tells why a test event was refused, and corrects it', async () => {
    const [webhook] = sendgrid.webhooks();
    await byHand('DELETE', `${settings}/${webhook?.id}`);
    const made = await byHand('POST', settings, { url: sendgridUrl(), enabled: true, click: true });
    await byHand('PATCH', `${settings}/signed/${(made as { readonly id: string }).id}`, { enabled: true });
    const check = await connect('sendgrid', 'check');
    expect(check).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('1 that the secret does not have'),
    });
    expect(await connect('sendgrid', 'test', '--wait', '5s')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /did not arrive by default within 5 s\. The receiver answered 401: .*Signature does not match the body/,
      ),
    });
    expect(await connect('sendgrid', '--wait', '10m')).toMatchObject({ code: 0 });
    expect((await secretOf(system.resources.sendgridSecretArn)).publicKey).toHaveLength(2);
  });

  it('says that no webhook posts to the system, and with which URL', async () => {
    const [webhook] = sendgrid.webhooks();
    await byHand('PATCH', `${settings}/${webhook?.id}`, { url: 'https://elsewhere.example.com/sendgrid' });
    expect(await connect('sendgrid', 'test')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        `No event webhook that is on posts to the route default of ${sendgridUrl()}`,
      ),
    });
  });
});

describe('npm run connect -- segops', () => {
  it('waits for the first post that is accepted, and tells of those that are refused', async () => {
    const { webhookSecret } = await secretOf(system.resources.segopsSecretArn);
    const url = system.sourceUrls.segops ?? '';
    const connecting = connectProcess('segops', '--wait', '10m');
    const post = async (secret: string): Promise<number> => {
      const event = {
        event: 'segment.recomputed',
        tenant_slug: 'acme',
        segment_id: 42,
        segment_name: 'High LTV Buyers',
        member_count: 1_842,
        computed_at: new Date().toISOString(),
      };
      const { body, headers } = signSegOpsRequest(event, secret);
      return (await fetch(url, { method: 'POST', headers, body })).status;
    };
    let isOver = false;
    const posting = (async (): Promise<void> => {
      // The command may not wait yet when the first posts come.
      while (!isOver) {
        expect(await post('another-secret')).toBe(401);
        await sleep(5_000);
        expect(await post(String(webhookSecret))).toBe(200);
        await sleep(2_000);
      }
    })();
    const { code, stdout, stderr } = await connecting;
    isOver = true;
    await posting;
    expect([code, stderr]).toEqual([0, expect.stringContaining('waiting up to 10 min for the first post')]);
    expect(stdout).toContain(`  URL          ${url}\n  Secret       ${String(webhookSecret)}\n`);
    expect(stdout).toMatch(
      /The first post arrived by the route default after \d+ s: a trigger wants its event\./,
    );
  });
});
