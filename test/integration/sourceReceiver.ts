import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { parseRunMessage, type RunMessage } from '../../functions/queue/runMessage.ts';
import { openLedgerAndQueue } from '../../functions/receive/ledgerAndQueue.ts';
import { type OpenSource, openSource } from '../../functions/receive/openSource.ts';
import { receive } from '../../functions/receive/receive.ts';
import type { ReceiverDependencies } from '../../functions/receive/receiverDependencies.ts';
import { CachedSecret } from '../../functions/secrets/cachedSecret.ts';
import { createSource as createSegment } from '../../functions/sources/segment/source.ts';
import { createSource as createSegOps } from '../../functions/sources/segops/source.ts';
import { createSource as createSendGrid } from '../../functions/sources/sendgrid/source.ts';
import type { Source, SourceName } from '../../functions/sources/source.ts';
import { compileTriggers } from '../../functions/triggers/matchTriggers.ts';
import { sourcesOf } from '../../functions/triggers/sourcesOf.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { drain, type World } from './world.ts';

export const dayMs = 86_400_000;
export const startMs: number = Date.parse('2026-11-20T12:00:00Z');
export const webhookSecret = 'webhook secret';
export const sharedSecret = 'shared secret';

/** A key as SendGrid has one for each webhook. */
export interface WebhookKey {
  readonly privateKey: KeyObject;
  /** Base64, as SendGrid shows it. */
  readonly publicKey: string;
}

export function newWebhookKey(): WebhookKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return { privateKey, publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64') };
}

/** What a sender posts. */
export interface Posted {
  readonly body: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** The secrets' JSON, by source. */
export type Secrets = Record<SourceName, Readonly<Record<string, unknown>>>;

/** The receiver of some triggers, with a ledger and a queue of its own. Its clock stands still unless it is set. */
export class SourceReceiver {
  nowMs: number = startMs;
  /** Sources whose secrets were read. */
  readonly secretsRead: SourceName[] = [];
  /** The secrets as they are now: a test may rotate one. */
  readonly secrets: Secrets;
  readonly #world: World;
  readonly #intake: string;
  readonly #dependencies: ReceiverDependencies;

  private constructor(
    world: World,
    table: string,
    intake: string,
    triggers: readonly Trigger[],
    secrets: Secrets,
  ) {
    this.#world = world;
    this.#intake = intake;
    this.secrets = { ...secrets };
    const open: Readonly<Record<SourceName, () => OpenSource>> = {
      segment: () => this.#open(createSegment({ allowFirstEventSignature: false }), triggers),
      sendgrid: () => this.#open(createSendGrid({ userIdArgument: 'user_id' }), triggers),
      segops: () => this.#open(createSegOps(), triggers),
    };
    const queueUrls = { intake, bulk: intake };
    const options = { tableName: table, queueUrls, onLedgerTrouble: fail, onQueueTrouble: fail };
    const stores = openLedgerAndQueue(options, world.clients);
    this.#dependencies = {
      settings: {
        maxBodyBytes: 5_242_880,
        dedupeWindowMs: 7 * dayMs,
        runDeadlineMs: 4 * dayMs,
        acceptReplays: false,
      },
      answerWithinMs: 30_000,
      sources: new Map([...sourcesOf(triggers)].map((name) => [name, open[name]()])),
      ledgerAndQueue: async () => stores,
      now: () => this.nowMs,
      random: () => 0,
      sleep: async () => undefined,
    };
  }

  static async start(
    world: World,
    triggers: readonly Trigger[],
    secrets: Partial<Secrets>,
  ): Promise<SourceReceiver> {
    const all = { segment: { sharedSecret }, sendgrid: {}, segops: { webhookSecret }, ...secrets };
    return new SourceReceiver(world, await world.newTable(), await world.newQueue(), triggers, all);
  }

  async post(
    path: string,
    { body, headers }: Posted,
  ): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
    const isText = typeof body === 'string';
    const event = {
      rawPath: path,
      headers,
      requestContext: { http: { method: 'POST' } },
      body: isText ? body : Buffer.from(body).toString('base64'),
      isBase64Encoded: !isText,
    };
    const { answer } = await receive(event, 30_000, this.#dependencies);
    return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown> };
  }

  /** Takes the messages out of the queue. */
  async queuedRuns(): Promise<readonly RunMessage[]> {
    const messages = await drain(this.#world.clients.sqs, this.#intake);
    return messages.map(({ Body = '' }) => parseRunMessage(Body));
  }

  #open<Credentials>(source: Source<Credentials>, triggers: readonly Trigger[]): OpenSource {
    const secret = new CachedSecret({
      fetch: async () => {
        this.secretsRead.push(source.name);
        return source.parseCredentials(this.secrets[source.name]);
      },
      now: () => this.nowMs,
      onTrouble: fail,
      maxAgeMs: 300_000,
      earlyRefreshEveryMs: 60_000,
      retryEveryMs: 10_000,
    });
    return openSource(source, secret, compileTriggers(triggers, source.name));
  }
}

function fail(error: unknown): void {
  throw error;
}
