import * as z from 'zod';
import { Refusal } from '../http/refusal.ts';
import type { ApiAnswer } from '../http/reply.ts';
import { parseBody, type SendGridCall, type SendGridEndpoint } from './endpoint.ts';
import { shownWebhook, webhookRequest } from './eventWebhook.ts';
import { problem } from './problem.ts';
import type { SendGridAccount } from './sendGridAccount.ts';

const settings = '/v3/user/webhooks/event/settings';

const signingRequest = z.object({ enabled: z.boolean() });
const testRequest = z.object({ url: z.string(), id: z.string().optional() });

/**
 * The settings of the event webhook. Source: OpenAPI of SendGrid, `tsg_webhooks_v3`. The forms without an id, which act on
 * the oldest webhook, are not here.
 */
export const settingsEndpoints: readonly SendGridEndpoint[] = [
  { method: 'POST', path: settings, answer: create },
  { method: 'GET', path: `${settings}/all`, answer: list },
  { method: 'GET', path: `${settings}/signed/:id`, answer: readKey },
  { method: 'PATCH', path: `${settings}/signed/:id`, answer: sign },
  { method: 'GET', path: `${settings}/:id`, answer: read },
  { method: 'PATCH', path: `${settings}/:id`, answer: change },
  { method: 'DELETE', path: `${settings}/:id`, answer: remove },
  { method: 'POST', path: '/v3/user/webhooks/event/test', answer: test },
];

function create({ body, query, account }: SendGridCall): ApiAnswer {
  const webhook = account.create(parseBody(webhookRequest, body));
  return { status: 201, body: shownWebhook(webhook, query, true) };
}

function list({ query, account }: SendGridCall): ApiAnswer {
  const webhooks = account
    .webhooks()
    .map((webhook) => ({ ...shownWebhook(webhook, query, true), ...shownKey(account, webhook.id) }));
  return { status: 200, body: { max_allowed: account.maxWebhooks, webhooks } };
}

/** The documented answer has the public key, and no dates. */
function read({ params, query, account }: SendGridCall): ApiAnswer {
  const webhook = account.find(params.id ?? '');
  return {
    status: 200,
    body: { ...shownWebhook(webhook, query, false), ...shownKey(account, webhook.id) },
  };
}

function change({ params, body, query, account }: SendGridCall): ApiAnswer {
  account.find(params.id ?? '');
  const webhook = account.change(params.id ?? '', parseBody(webhookRequest.partial(), body));
  return { status: 200, body: shownWebhook(webhook, query, true) };
}

function remove({ params, account }: SendGridCall): ApiAnswer {
  account.remove(params.id ?? '');
  return { status: 204, body: undefined };
}

function readKey({ params, account }: SendGridCall): ApiAnswer {
  const { id } = account.find(params.id ?? '');
  // GUESS: an empty string without signing, as PATCH documents it.
  return { status: 200, body: { id, public_key: account.keyPairOf(id)?.publicKey ?? '' } };
}

function sign({ params, body, account }: SendGridCall): ApiAnswer {
  account.find(params.id ?? '');
  const { id } = account.sign(params.id ?? '', parseBody(signingRequest, body).enabled);
  return { status: 200, body: { id, public_key: account.keyPairOf(id)?.publicKey ?? '' } };
}

/** Answers before the events are posted. GUESS: as does SendGrid; and an unknown id is 404. */
function test({ body, account, sendTest }: SendGridCall): ApiAnswer {
  const { url, id } = parseBody(testRequest, body);
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new Refusal(400, problem({ message: `'${url}' is not a valid url` }));
  }
  sendTest(url, id === undefined ? undefined : account.find(id).id);
  return { status: 204, body: undefined };
}

function shownKey(account: SendGridAccount, id: string): object {
  const keyPair = account.keyPairOf(id);
  return keyPair === undefined ? {} : { public_key: keyPair.publicKey };
}
