import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { writeLocalState } from '../../local/dev/localState.ts';
import { bootLocalSystem, type LocalSystem } from '../../local/system.ts';
import { sendToWebhook } from '../../simulators/segment/sendToWebhook.ts';
import {
  type SegmentWorkspace,
  startSegmentWorkspace,
} from '../../simulators/segment/workspace/workspace.ts';
import type { WorkspaceSource } from '../../simulators/segment/workspace/workspaceSource.ts';
import { runConnect, startConnect } from '../cli/connect/connectWorld.ts';
import type { Result } from '../cli/runCommand.ts';

let system: LocalSystem;
let workspace: SegmentWorkspace;
let directory: string;

beforeAll(async () => {
  workspace = await startSegmentWorkspace({
    sources: [source('website', 'src_local'), source('app', 'src_app')],
  });
  system = await bootLocalSystem({ maveraBaseUrl: 'http://127.0.0.1:9/api/v1' });
  directory = await mkdtemp(join(tmpdir(), 'connect-'));
  const { dynamodb, sqs, secretsmanager } = system.endpoints;
  const { tableName, runQueueUrl, deadLetterQueueUrl, segmentSecretArn } = system.resources;
  const { apiUrl, trackingUrl } = workspace;
  await writeLocalState(directory, {
    version: 2,
    pid: process.pid,
    endpoints: { dynamodb, sqs, secretsmanager },
    tableName,
    runQueueUrl,
    deadLetterQueueUrl,
    segmentUrl: system.segmentUrl,
    segmentSecretArn,
    triggersFile: join(projectRoot, 'triggers.ts'),
    workspace: { apiUrl, trackingUrl },
  });
});

afterAll(async () => {
  await system?.stop();
  await workspace?.stop();
  await rm(directory, { recursive: true, force: true });
});

const source = (slug: string, id: string): WorkspaceSource => ({
  id,
  slug,
  name: slug,
  writeKey: `write-key-of-${slug}`,
});

/** Each as the command of a process of its own, as an operator starts it. */
const connectProcess = (...args: readonly string[]): Promise<Result> => startConnect(args, directory);
const connect = (...args: readonly string[]): Promise<Result> => runConnect(args, directory, {});

const writes = (): number => workspace.requests().filter(({ method }) => method !== 'GET').length;

async function secret(): Promise<{
  readonly sharedSecret: string | string[];
  readonly bearerToken?: string;
}> {
  const { SecretString = '' } = await system.clients.secretsmanager.send(
    new GetSecretValueCommand({ SecretId: system.resources.segmentSecretArn }),
  );
  return JSON.parse(SecretString);
}

describe('npm run connect, in this order', () => {
  it('prints a plan and changes nothing with --dry-run', async () => {
    const { code, stdout } = await connect('segment', '--source', 'website', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain('create  destination mavera-triggers local');
    expect(stdout).toContain(`posts to ${system.segmentUrl}`);
    expect(stdout).toContain('(type = "track" and event = "churn_signal")');
    expect(writes()).toBe(0);
    expect(await secret()).not.toHaveProperty('bearerToken');
  });

  it('sets up Segment, and receives a test event through it', async () => {
    const { code, stdout, stderr } = await connectProcess('segment', '--source', 'src_local');
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('done: create mapping mavera-triggers: default'),
    ]);
    expect(stdout).toContain('The test event arrived by the route default');
    const [destination] = workspace.destinations();
    expect(destination?.settings).toMatchObject({
      sharedSecret: system.sharedSecret,
      useSegmentSignatureHeader: true,
      dynamicAuthSettings: {},
    });
    const { bearerToken } = await secret();
    expect(bearerToken).toMatch(/^[A-Za-z0-9]{48}$/);
    const [mapping] = workspace.subscriptions(destination?.id ?? '');
    expect(mapping?.settings.headers).toEqual({ Authorization: `Bearer ${bearerToken}` });
    for (const shown of [system.sharedSecret, bearerToken]) {
      expect(stdout + stderr).not.toContain(shown);
    }
  });

  it('changes nothing the second time', async () => {
    const before = writes();
    const { code, stdout } = await connect('segment', '--source', 'website', '--no-test');
    expect([code, stdout]).toEqual([0, expect.stringContaining('Nothing to do.')]);
    expect(writes()).toBe(before);
    expect(await connect('check', '--source', 'website')).toMatchObject({ code: 0 });
  });

  it('finds a change by hand, and corrects it', async () => {
    const [destination] = workspace.destinations();
    const [mapping] = workspace.subscriptions(destination?.id ?? '');
    workspace.editSubscription(mapping?.id ?? '', { trigger: 'event = ""' });
    const found = await connectProcess('check', '--source', 'website');
    expect(found.code).toBe(1);
    expect(found.stdout).toMatch(/update {2}mapping mavera-triggers: default {2}trigger\n/);
    const json = await connect('check', '--source', 'website', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ drift: [{ action: 'update', changes: ['trigger'] }] });
    expect(await connect('segment', '--source', 'website', '--no-test')).toMatchObject({ code: 0 });
    expect(await connect('check', '--source', 'website')).toMatchObject({ code: 0 });
  });

  it('reports that a test event does not arrive', async () => {
    const [destination] = workspace.destinations();
    workspace.editDestination(destination?.id ?? '', { enabled: false });
    const { code, stderr } = await connect('test', '--source', 'website', '--wait', '2s');
    expect([code, stderr]).toEqual([1, expect.stringContaining('did not arrive by default within 2 s')]);
    await connect('segment', '--source', 'website', '--no-test');
    expect(await connect('test', '--source', 'website')).toMatchObject({ code: 0 });
  });

  it('never writes back a masked value', () => {
    const bodies = workspace.requests().map(({ body }) => JSON.stringify(body ?? ''));
    expect(bodies.filter((body) => body.includes('•'))).toEqual([]);
    expect(workspace.destinations()[0]?.settings.sharedSecret).toBe(system.sharedSecret);
  });

  it('names a wrong source with the existing ones, and a wrong option', async () => {
    expect((await connect('segment', '--source', 'webshop')).stderr).toBe(
      'There is no source "webshop" in this workspace; the sources are website, app.\n',
    );
    expect((await connectProcess('segment')).stderr).toContain(
      "required option '--source <slug>' not specified",
    );
    expect((await connect('segment', '--source', 'website', '--batch-size', '5000')).stderr).toContain(
      'from 1 to 4000',
    );
  });
});

describe('a rotation of the shared secret under traffic', () => {
  it('refuses no event', async () => {
    const statuses: (number | undefined)[] = [];
    let isOver = false;
    // Signs with the secret that Segment has at that moment, as Segment does.
    const sender = async (): Promise<void> => {
      while (!isOver) {
        const destination = workspace.destinations()[statuses.length % 2];
        const payload = {
          type: 'track',
          event: 'ignored',
          messageId: randomUUID(),
          userId: 'u',
          properties: {},
        };
        const { attempts } = await sendToWebhook({
          url: system.segmentUrl,
          payload,
          secret: String(destination?.settings.sharedSecret),
        });
        statuses.push(...attempts.map(({ status }) => status));
        await sleep(200);
      }
    };
    await connect('segment', '--source', 'app', '--no-test');
    const senders = Array.from({ length: 4 }, sender);
    const rotated = await connectProcess('rotate');
    await sleep(3_000);
    isOver = true;
    await Promise.all(senders);

    expect([rotated.code, rotated.stderr]).toEqual([0, expect.stringContaining('Segment has the new value')]);
    const { sharedSecret } = await secret();
    expect(sharedSecret).toEqual([workspace.destinations()[0]?.settings.sharedSecret, system.sharedSecret]);
    expect(statuses.length).toBeGreaterThan(100);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    // A second source that is connected to the same system has the new secret too.
    expect(new Set(workspace.destinations().map(({ settings }) => settings.sharedSecret)).size).toBe(1);
    expect(workspace.destinations()).toHaveLength(2);
    expect((await connect('rotate', '--finish')).stderr).toMatch(
      /finish after \d{4}-\d\d-\d\d \d\d:\d\d UTC/,
    );
    expect(await connect('check', '--source', 'website')).toMatchObject({ code: 0 });
  });
});
