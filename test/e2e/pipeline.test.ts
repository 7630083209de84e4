import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signSegmentRequest } from '../../functions/index.ts';
import { localSecrets } from '../../local/system/systemOptions.ts';
import { bootLocalSystem, type LocalSystem } from '../../local/system.ts';
import { type Nat, startNat } from '../../simulators/http/nat.ts';
import { type MaveraSimulator, startMaveraSimulator } from '../../simulators/mavera/simulator.ts';

/** Only ends what hangs. On a busy machine the runners, which have a low priority, hardly get CPU time. */
const drainMs = 540_000;

let mavera: MaveraSimulator;
let system: LocalSystem;
let nat: Nat;
let lines: Record<string, unknown>[] = [];

beforeAll(async () => {
  mavera = await startMaveraSimulator({
    apiKey: localSecrets.maveraApiKey,
    requestsPerMinute: 100_000,
    monthlyCredits: 10_000_000,
    latency: 1,
  });
  system = await bootLocalSystem({
    maveraBaseUrl: mavera.baseUrl,
    bearerToken: 'bearer',
    // The shortest lease, so that the run of a killed runner is taken over soon. Each runner is a process.
    context: { maveraRequestsPerMinute: 100_000, maveraTimeout: '1s', runnerConcurrency: 4 },
    redeliverAfterSeconds: 1,
    interpose: async (endpoint) => {
      nat = await startNat(endpoint);
      return nat.endpoint;
    },
    onLog: ({ record }) => {
      lines.push({ ...record });
    },
  });
});

afterAll(async () => {
  await system?.stop();
  await nat?.stop();
  await mavera?.stop();
});

afterEach(() => {
  mavera.clearFaults();
  lines = [];
});

function churnSignal(more: Record<string, unknown> = {}): Record<string, unknown> {
  const messageId = `e2e-${randomUUID()}`;
  return { type: 'track', event: 'churn_signal', messageId, userId: 'u-1', properties: { ltv: 5 }, ...more };
}

async function post(
  payload: object,
  secret = system.sharedSecret,
): Promise<{ status: number; body: unknown }> {
  const { body, headers } = signSegmentRequest({ payload, secret });
  const response = await fetch(system.segmentUrl, { method: 'POST', body, headers });
  return { status: response.status, body: await response.json() };
}

/** The questions to Mave since a moment, by a property of their events. */
function asked(text: string): number {
  return mavera.calls().filter(({ requestBody }) => JSON.stringify(requestBody ?? '').includes(text)).length;
}

const runsOf = (outcome: string): number =>
  lines.filter(({ message, outcome: found }) => message === 'run' && found === outcome).length;

describe('the deployed system', () => {
  it('turns a request that openssl signed and curl sent, as the README shows, into a question to Mave', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'curl-'));
    const file = join(directory, 'event.json');
    const signalType = `cancel page ${randomUUID()}`;
    await writeFile(file, JSON.stringify(churnSignal({ properties: { signal_type: signalType } })));
    const script = `
      SIGNATURE=$(openssl dgst -sha1 -hmac "$SECRET" -hex < "$FILE" | sed 's/^.* //')
      curl -sS "$URL" -H 'content-type: application/json' -H "X-Signature: $SIGNATURE" --data-binary @"$FILE"`;
    const env = { ...process.env, SECRET: system.sharedSecret, FILE: file, URL: system.segmentUrl };
    // Not the synchronous form: the system that answers runs in this process.
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { env });
    await rm(directory, { recursive: true });
    expect(JSON.parse(stdout)).toEqual({ received: 1, queued: 1, duplicates: 0, ignored: 0, invalid: 0 });
    await system.waitUntilDrained(drainMs);
    expect(asked(signalType)).toBe(1);
  });

  it('makes one run from 200 concurrent deliveries of an event', async () => {
    const signalType = randomUUID();
    const event = churnSignal({ properties: { signal_type: signalType } });
    const answers = await Promise.all(Array.from({ length: 200 }, () => post(event)));
    expect(answers.every(({ status }) => status === 200 || status === 503)).toBe(true);
    await system.waitUntilDrained(drainMs);
    expect(asked(signalType)).toBe(1);
    expect(runsOf('done')).toBe(1);
  });

  it('makes exactly 108 runs from a batch of 120 with 10 % duplicates', async () => {
    const signalType = randomUUID();
    const unique = Array.from({ length: 108 }, (_, index) =>
      churnSignal({ properties: { signal_type: `${signalType} ${index}` } }),
    );
    expect(await post([...unique, ...unique.slice(0, 12)])).toEqual({
      status: 200,
      body: { received: 120, queued: 108, duplicates: 12, ignored: 0, invalid: 0 },
    });
    await system.waitUntilDrained(drainMs);
    expect(asked(signalType)).toBe(108);
    expect(runsOf('done')).toBe(108);
  });

  it('loses nothing when the runner is killed: the next one finishes the run', async () => {
    const signalType = randomUUID();
    mavera.inject({ path: '/mave/chat', kind: 'delay', delayMs: 60_000 });
    await post(churnSignal({ properties: { signal_type: signalType } }));
    await expect.poll(() => asked(signalType)).toBe(1);
    const atWork = system.runner.environments().find(({ requestId }) => requestId !== undefined);
    process.kill(atWork?.pid ?? Number.NaN, 'SIGKILL');
    await system.waitUntilDrained(drainMs);
    expect(asked(signalType)).toBe(2);
    expect(runsOf('done')).toBe(1);
    expect(lines).toContainEqual(
      expect.objectContaining({ message: 'run', outcome: 'done', recovery: 'not_found' }),
    );
  });

  it('loses nothing when Mavera fails for a while', async () => {
    const signalType = randomUUID();
    mavera.inject({ path: '/mave/chat', kind: 'status', status: 503 });
    await post(churnSignal({ properties: { signal_type: signalType } }));
    await system.waitUntilDrained(drainMs);
    expect(asked(signalType)).toBe(2);
    expect(runsOf('done')).toBe(1);
  });

  it('answers 200 to the first event after a batch whose connections have died unnoticed', async () => {
    const batch = Array.from({ length: 40 }, () => churnSignal());
    expect(await post(batch)).toMatchObject({ status: 200 });
    await system.waitUntilDrained(drainMs);
    expect(nat.drop('reset')).toBeGreaterThan(4);
    expect(await post(churnSignal())).toMatchObject({ status: 200, body: { queued: 1 } });
    await system.waitUntilDrained(drainMs);
  });

  it('accepts the new secret and the old one during a rotation', async () => {
    const old = system.sharedSecret;
    await system.clients.secretsmanager.send(
      new PutSecretValueCommand({
        SecretId: system.resources.segmentSecretArn,
        SecretString: JSON.stringify({ sharedSecret: ['the new one', old] }),
      }),
    );
    expect(await post(churnSignal(), 'the new one')).toMatchObject({ status: 200 });
    expect(await post(churnSignal(), old)).toMatchObject({ status: 200 });
    expect(await post(churnSignal(), 'neither')).toMatchObject({ status: 401 });
    await system.waitUntilDrained(drainMs);
  });

  it('makes no call to AWS that its roles do not permit', () => {
    const { allowed, refused } = system.gateway.calls();
    expect(refused).toEqual([]);
    expect(allowed.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['dynamodb:PartiQLInsert', 'sqs:SendMessage', 'sns:Publish']),
    );
  });
});
