import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { ConnectError } from '../connectError.ts';
import { receiversKnowAfterMs } from '../rotate/rotation.ts';
import { tooManyWebhooks } from './apiProblem.ts';
import type { DesiredWebhooks } from './desiredWebhooks.ts';
import type { AccountWebhooks, EventWebhook } from './eventWebhook.ts';
import { webhookOfRoute } from './pairWebhooks.ts';
import { bodyOf, missingKeys } from './planWebhooks.ts';
import type { SendGridApi } from './sendGridApi.ts';
import { isSameKey, type SendGridSecret } from './sendGridSecret.ts';
import { routeOf } from './webhookUrl.ts';

/** What a rotation needs. */
export interface RotateOptions {
  readonly api: SendGridApi;
  readonly desired: DesiredWebhooks;
  readonly readSecret: () => Promise<SendGridSecret>;
  /** Writes the public keys, newest first, and other members. */
  readonly writeSecret: (
    secret: SendGridSecret,
    publicKeys: readonly string[],
    changes: Readonly<Record<string, unknown>>,
  ) => Promise<void>;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Called with each thing that is done, or waited for. */
  readonly say: (text: string) => void;
}

/** A rotation that is not finished, kept in the secret itself. */
interface SendGridRotation {
  readonly pairs: readonly RotatedPair[];
  /** When the new webhooks were turned on and the old ones off, in ISO 8601; absent before. */
  readonly switchedAt?: string | undefined;
}

/** Ids of an old webhook and of the one that takes its place, and the old one's key. */
interface RotatedPair {
  readonly old: string;
  readonly next: string;
  readonly oldKey: string;
}

const rotationSchema = z.object({
  pairs: z.array(z.object({ old: z.string(), next: z.string(), oldKey: z.string() })),
  switchedAt: z.iso.datetime().optional(),
});

/** SendGrid tries again for 24 hours with the first signature, and some time for its own caches. */
const oldKeyNeededMs = 25 * 3_600_000;

/** SendGrid allows one webhook for each URL; the receiver reads no query. */
const keyQuery = 'key';

/** An old webhook, and the one that takes its place. */
interface Pair {
  readonly old: EventWebhook;
  readonly next: EventWebhook;
}

/**
 * Replaces the key pair of each webhook. SendGrid makes a pair for each webhook, so a second webhook takes the place of the first
 * one: it is made disabled, its key becomes valid beside the old one, and then the two are switched. When it is called again
 * after an interruption, it continues where it was.
 *
 * @throws ConnectError if another rotation is not finished, or the plan allows no second webhook
 */
export async function rotateSendGrid(options: RotateOptions): Promise<void> {
  const { readSecret, writeSecret, now, sleep, say } = options;
  const found = readRotation(await readSecret());
  if (found?.switchedAt !== undefined) {
    throw new ConnectError(
      'The last rotation is not finished: run sendgrid rotate --finish first, 25 hours after it.',
    );
  }
  const rotation = found ?? (await begin(options));
  say(`the new keys are valid; waiting ${receiversKnowAfterMs / 1000} s, until every receiver knows them`);
  await sleep(receiversKnowAfterMs);
  await switchWebhooks(rotation, options);
  const secret = await readSecret();
  const switched: SendGridRotation = { ...rotation, switchedAt: new Date(now()).toISOString() };
  await writeSecret(secret, secret.publicKeys, { rotation: switched });
}

/** Makes the second webhooks, and puts their keys into the secret. */
async function begin(options: RotateOptions): Promise<SendGridRotation> {
  const pairs = await secondWebhooks(options);
  const secret = await options.readSecret();
  const newKeys = missingKeys(
    pairs.map(({ next }) => next),
    secret,
  );
  const rotation: SendGridRotation = {
    pairs: pairs.map(({ old, next }) => ({ old: old.id, next: next.id, oldKey: old.publicKey ?? '' })),
  };
  await options.writeSecret(secret, [...newKeys, ...secret.publicKeys], { rotation });
  return rotation;
}

/** Turns the new webhooks on, then the old ones off: an event that both send starts its runs once. */
async function switchWebhooks({ pairs }: SendGridRotation, { api, say }: RotateOptions): Promise<void> {
  const { webhooks } = await api.webhooks();
  for (const pair of pairs) {
    const old = webhooks.find(({ id }) => id === pair.old);
    const next = webhooks.find(({ id }) => id === pair.next);
    if (old === undefined || next === undefined) {
      throw new ConnectError(
        'Somebody has deleted an event webhook of this rotation: remove the member "rotation" from the secret, and run npm run connect -- sendgrid.',
      );
    }
    await api.change(next.id, bodyOf(next.url, old.name, true, old.kinds, next.offersAccountKind));
    await api.change(old.id, bodyOf(old.url, old.name, false, old.kinds, old.offersAccountKind));
    say(`done: another webhook takes the place of ${old.name ?? old.id}`);
  }
}

/**
 * Deletes the old webhooks, and removes their keys from the secret.
 *
 * @throws ConnectError while SendGrid may still send what they have signed, or if one of them is on
 */
export async function finishSendGrid({
  api,
  readSecret,
  writeSecret,
  now,
  say,
}: RotateOptions): Promise<void> {
  const secret = await readSecret();
  const rotation = readRotation(secret);
  if (rotation?.switchedAt === undefined) {
    throw new ConnectError(
      rotation === undefined
        ? 'No rotation is under way: start one with sendgrid rotate.'
        : 'SendGrid does not sign with the new keys yet: run sendgrid rotate again.',
    );
  }
  const neededUntilMs = Date.parse(rotation.switchedAt) + oldKeyNeededMs;
  if (now() < neededUntilMs) {
    throw new ConnectError(
      `For 24 hours SendGrid may try again what it signed with the old keys: finish after ${new Date(neededUntilMs).toISOString()}.`,
    );
  }
  const { webhooks } = await api.webhooks();
  const left = webhooks.filter(({ id }) => rotation.pairs.some(({ old }) => old === id));
  const on = left.find(({ enabled }) => enabled);
  if (on !== undefined) {
    throw new ConnectError(
      `The old event webhook ${on.name ?? on.id} is on again, and its key would not be valid any more: disable it first.`,
    );
  }
  for (const { id, name } of left) {
    await api.remove(id);
    say(`done: delete the old event webhook ${name ?? id}`);
  }
  const isOld = (key: string): boolean => rotation.pairs.some(({ oldKey }) => isSameKey(oldKey, key));
  await writeSecret(
    secret,
    secret.publicKeys.filter((key) => !isOld(key)),
    { rotation: undefined },
  );
}

/** The rotation that is recorded in a secret; `undefined` if there is none. */
function readRotation({ members }: SendGridSecret): SendGridRotation | undefined {
  return rotationSchema.safeParse(members.rotation).data;
}

/** Finds or makes the second webhook of each route: disabled, and signed with a key pair of its own. */
async function secondWebhooks({ api, desired, say }: RotateOptions): Promise<readonly Pair[]> {
  const account = await api.webhooks();
  const olds = desired.webhooks.map(({ route }) => oldWebhook(route, account, desired.sendgridUrl));
  const missing = olds.filter((old) => secondOf(old, account, desired.sendgridUrl) === undefined);
  const { maxAllowed, webhooks } = account;
  if (maxAllowed !== undefined && webhooks.length + missing.length > maxAllowed) {
    throw new ConnectError(
      `A rotation needs ${missing.length} more event webhook${missing.length === 1 ? '' : 's'} for a day, and SendGrid's plan ` +
        `allows ${maxAllowed}. ${tooManyWebhooks}`,
    );
  }
  for (const { url, name, kinds, offersAccountKind } of missing) {
    await api.create(bodyOf(withNewKey(url), name, false, kinds, offersAccountKind));
  }
  const created = await api.webhooks();
  for (const old of olds) {
    const next = secondOf(old, created, desired.sendgridUrl);
    if (next !== undefined && next.publicKey === undefined) {
      await api.sign(next.id);
    }
  }
  const signed = await api.webhooks();
  return olds.map((old) => {
    const next = secondOf(old, signed, desired.sendgridUrl);
    if (next?.publicKey === undefined) {
      throw new ConnectError('SendGrid does not show the webhook that was made: run sendgrid rotate again.');
    }
    say(`done: make a second event webhook beside ${old.name ?? old.id}, disabled`);
    return { old, next };
  });
}

function oldWebhook(route: string, { webhooks }: AccountWebhooks, sendgridUrl: string): EventWebhook {
  const found = webhookOfRoute(route, webhooks, sendgridUrl);
  if (found === undefined || !found.enabled || found.publicKey === undefined) {
    throw new ConnectError(
      `No event webhook that is on and signed posts to the route ${route} of ${sendgridUrl}: set one up with npm run connect -- sendgrid.`,
    );
  }
  return found;
}

/** The webhook that an interrupted rotation has made: of the same route, disabled, with a query of ours. */
function secondOf(
  old: EventWebhook,
  { webhooks }: AccountWebhooks,
  sendgridUrl: string,
): EventWebhook | undefined {
  return webhooks.find(
    ({ id, url, enabled }) =>
      id !== old.id &&
      !enabled &&
      routeOf(url, sendgridUrl) === routeOf(old.url, sendgridUrl) &&
      URL.parse(url)?.searchParams.has(keyQuery) === true,
  );
}

function withNewKey(url: string): string {
  const next = new URL(url);
  next.searchParams.set(keyQuery, randomBytes(4).toString('hex'));
  return next.href;
}
