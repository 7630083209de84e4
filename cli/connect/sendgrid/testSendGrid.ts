import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { testMessageId } from '../../../functions/sources/sendgrid/toEvent.ts';
import type { Output } from '../../ops/output.ts';
import { type Arrival, type TestOptions, tellArrival } from '../arrival/runTest.ts';
import { claimKeyOf, waitForArrival } from '../arrival/waitForArrival.ts';
import { ConnectError } from '../connectError.ts';
import type { ConnectTarget } from '../target/connectTarget.ts';
import { explainedPost } from '../target/readPosts.ts';
import type { EventWebhook } from './eventWebhook.ts';
import type { SendGridApi } from './sendGridApi.ts';
import type { SendGridSession } from './sendGridSession.ts';
import { routeOf } from './webhookUrl.ts';

/** The clocks of SendGrid's servers may differ by this. */
const skewMs = 30_000;
/** The most keys of one read of DynamoDB. */
const keysAtOnce = 100;

/**
 * Lets SendGrid send its test event by each webhook, and waits until the receiver has it. SendGrid may try a test only once,
 * and the first one may come before the receiver knows a new key: so it is sent again from time to time.
 *
 * @throws ConnectError if it cannot be sent
 */
export async function testSendGrid(
  target: ConnectTarget,
  { api, desired }: SendGridSession,
  { wait: waitMs }: TestOptions,
  output: Output,
): Promise<Arrival> {
  const { webhooks } = await api.webhooks();
  const routes = desired.webhooks.map(({ route }) => route);
  const webhookOf = new Map(
    routes.map((route) => [route, webhookToTest(route, webhooks, desired.sendgridUrl, target)]),
  );
  const startedAtMs = Date.now();
  const claims = new TestClaims(target);
  await claims.noteEarlier(routes, startedAtMs - skewMs, startedAtMs + skewMs);
  output.note(`SendGrid sends a test event, waiting up to ${Math.round(waitMs / 1000)} s`);
  let aheadMs = await sendTests(api, [...webhookOf.values()]);
  const arrived = await waitForArrival({
    routes,
    hasArrived: (route) => claims.has(route, startedAtMs + aheadMs - skewMs, Date.now() + aheadMs + skewMs),
    waitMs,
    now: Date.now,
    sleep,
    onProgress: async (missing, elapsedMs) => {
      output.note(`${Math.round(elapsedMs / 1000)} s: not yet by ${missing.join(', ')}; sending it again`);
      aheadMs = await sendTests(
        api,
        missing.flatMap((route) => webhookOf.get(route) ?? []),
      );
    },
  });
  const isMissing = routes.some((route) => !arrived.has(route));
  const answer = isMissing ? await receiversAnswer(target, startedAtMs) : '';
  return tellArrival(
    routes,
    arrived,
    waitMs,
    `${answer}See the receiver's log and the alarm SignatureFailures, and run npm run connect -- sendgrid check${target.flags}.`,
    output,
  );
}

function webhookToTest(
  route: string,
  webhooks: readonly EventWebhook[],
  sendgridUrl: string,
  { flags }: ConnectTarget,
): EventWebhook {
  const found = webhooks.find(({ url, enabled }) => enabled && routeOf(url, sendgridUrl) === route);
  if (found === undefined) {
    throw new ConnectError(
      `No event webhook that is on posts to the route ${route} of ${sendgridUrl}: set one up with npm run connect -- sendgrid${flags}.`,
    );
  }
  return found;
}

/** @returns by how much SendGrid's clock is ahead of this one, in milliseconds */
async function sendTests(api: SendGridApi, webhooks: readonly EventWebhook[]): Promise<number> {
  let aheadMs = 0;
  for (const webhook of webhooks) {
    aheadMs = (await api.test(webhook)) - Date.now();
  }
  return aheadMs;
}

/** Finds the claims on tests in the ledger: a test is known by the second in which SendGrid has made it. */
class TestClaims {
  readonly #target: ConnectTarget;
  readonly #earlier = new Set<string>();

  constructor(target: ConnectTarget) {
    this.#target = target;
  }

  /** Notes the tests that are there before a new one is sent. */
  async noteEarlier(routes: readonly string[], fromMs: number, toMs: number): Promise<void> {
    for (const route of routes) {
      for (const key of await this.#read(keysOf(route, fromMs, toMs))) {
        this.#earlier.add(key);
      }
    }
  }

  /** Whether a test of a route that was made in a span of time has been claimed. */
  async has(route: string, fromMs: number, toMs: number): Promise<boolean> {
    const keys = keysOf(route, fromMs, toMs).filter((key) => !this.#earlier.has(key));
    return (await this.#read(keys)).length > 0;
  }

  async #read(keys: readonly string[]): Promise<readonly string[]> {
    const { dynamodb, tableName } = this.#target;
    const found: string[] = [];
    for (let start = 0; start < keys.length; start += keysAtOnce) {
      const Keys = keys.slice(start, start + keysAtOnce).map((key) => ({ pk: { S: key } }));
      const { Responses = {} } = await dynamodb.send(
        new BatchGetItemCommand({
          RequestItems: { [tableName]: { Keys, ConsistentRead: true, ProjectionExpression: 'pk' } },
        }),
      );
      found.push(...(Responses[tableName] ?? []).flatMap(({ pk }) => pk?.S ?? []));
    }
    return found;
  }
}

function keysOf(route: string, fromMs: number, toMs: number): readonly string[] {
  const first = Math.floor(fromMs / 1000);
  const count = Math.floor(toMs / 1000) - first + 1;
  return Array.from({ length: count }, (_none, index) =>
    claimKeyOf('sendgrid', route, testMessageId(new Date((first + index) * 1000).toISOString())),
  );
}

/** What the receiver answered, as far as its log can be read. */
async function receiversAnswer({ readPosts }: ConnectTarget, sinceMs: number): Promise<string> {
  const posts = await readPosts?.('sendgrid', sinceMs).catch(() => undefined);
  const last = posts?.at(-1);
  if (last === undefined) {
    return posts === undefined ? '' : 'No request of SendGrid has reached the receiver. ';
  }
  return `${explainedPost(last)} `;
}
