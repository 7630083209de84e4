import type * as z from 'zod';
import { type ApiAnswer, callApi } from '../callApi.ts';
import { ConnectError } from '../connectError.ts';
import { apiProblem, neededScopes } from './apiProblem.ts';
import { accountKind } from './eventKinds.ts';
import {
  type AccountWebhooks,
  accountWebhooksSchema,
  createdSchema,
  type EventWebhook,
  scopesSchema,
  signedSchema,
} from './eventWebhook.ts';

/** What the client needs. */
export interface SendGridApiOptions {
  /** Without a path, e.g. `https://api.sendgrid.com`. */
  readonly apiUrl: string;
  readonly apiKey: string;
  /** A subuser in whose name the calls are made. */
  readonly subuser: string | undefined;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Called when a call has to wait. */
  readonly onWait: (text: string) => void;
}

interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** What the call does, for people: the words after "to". */
  readonly purpose: string;
  readonly body?: unknown;
}

const settings = '/v3/user/webhooks/event/settings';
const include = `?include=${accountKind}`;
const maxTries = 4;
const firstPauseMs = 500;
/** The longest wait without asking the user. */
const longestWaitMs = 90_000;

/** Client of SendGrid's API for event webhooks. Source: OpenAPI of SendGrid, `tsg_webhooks_v3`. */
export class SendGridApi {
  readonly #options: SendGridApiOptions;

  constructor(options: SendGridApiOptions) {
    this.#options = options;
  }

  /** @throws ConnectError, like all of these methods */
  async webhooks(): Promise<AccountWebhooks> {
    const purpose = 'list the event webhooks';
    return await this.#call(
      { method: 'GET', path: `${settings}/all${include}`, purpose },
      accountWebhooksSchema,
    );
  }

  /** @returns the id of the new webhook */
  async create(body: object): Promise<string> {
    const call = { method: 'POST', path: settings, purpose: 'create an event webhook', body } as const;
    return (await this.#call(call, createdSchema)).id;
  }

  async change(id: string, body: object): Promise<void> {
    const path = `${settings}/${encodeURIComponent(id)}${include}`;
    await this.#send({ method: 'PATCH', path, purpose: 'change an event webhook', body });
  }

  /** Turns signing on. @returns the public key */
  async sign(id: string): Promise<string> {
    const path = `${settings}/signed/${encodeURIComponent(id)}`;
    const purpose = 'turn the signing of an event webhook on';
    const call = { method: 'PATCH', path, purpose, body: { enabled: true } } as const;
    return (await this.#call(call, signedSchema)).public_key;
  }

  async remove(id: string): Promise<void> {
    const path = `${settings}/${encodeURIComponent(id)}`;
    await this.#send({ method: 'DELETE', path, purpose: 'delete an event webhook' });
  }

  /** Lets SendGrid post its test events. @returns SendGrid's time, in epoch milliseconds */
  async test({ id, url, oauth }: Pick<EventWebhook, 'id' | 'url' | 'oauth'>): Promise<number> {
    const body = {
      id,
      url,
      ...(oauth === undefined ? {} : { oauth_client_id: oauth.clientId, oauth_token_url: oauth.tokenUrl }),
    };
    const path = '/v3/user/webhooks/event/test';
    const { headers } = await this.#send({ method: 'POST', path, purpose: 'send a test event', body });
    const date = Date.parse(headers.get('date') ?? '');
    return Number.isNaN(date) ? this.#options.now() : date;
  }

  async #call<Answer>(call: Call, schema: z.ZodType<Answer>): Promise<Answer> {
    const { body } = await this.#send(call);
    const parsed = schema.safeParse(body);
    if (!parsed.success) {
      const where = parsed.error.issues[0]?.path.join('.') || 'the whole';
      throw new ConnectError(
        `SendGrid's answer to ${call.purpose} does not have the documented shape (${where}): set it up by hand, docs/connect-sendgrid.md.`,
      );
    }
    return parsed.data;
  }

  /** Repeats calls that can be made twice; those with POST cannot. */
  async #send(call: Call): Promise<ApiAnswer> {
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#attempt(call);
      if (answer.status >= 200 && answer.status < 300) {
        return answer;
      }
      const pauseMs = tries < maxTries ? this.#pauseBeforeNext(call, answer, tries) : undefined;
      if (pauseMs === undefined) {
        throw await this.#problem(call, answer);
      }
      if (answer.status === 429) {
        this.#options.onWait(`SendGrid asks to wait ${Math.ceil(pauseMs / 1000)} s`);
      }
      await this.#options.sleep(pauseMs);
    }
  }

  async #attempt({ method, path, body }: Call): Promise<ApiAnswer> {
    const { apiUrl, apiKey, subuser } = this.#options;
    const headers = subuser === undefined ? {} : { 'on-behalf-of': subuser };
    return await callApi({ method, url: `${apiUrl}${path}`, token: apiKey, headers, body });
  }

  /** `undefined`: the call is not repeated. What has failed may have been done. */
  #pauseBeforeNext({ method }: Call, answer: ApiAnswer, tries: number): number | undefined {
    if (answer.status === 429) {
      const waitMs = this.#waitAskedFor(answer) ?? firstPauseMs * 2 ** tries;
      return waitMs <= longestWaitMs ? waitMs : undefined;
    }
    const isTrouble = answer.status === 0 || answer.status >= 500;
    return isTrouble && method !== 'POST' ? firstPauseMs * 2 ** tries : undefined;
  }

  /** SendGrid documents no `Retry-After`, only when the limit is reset, in epoch seconds. Source: "Rate limits". */
  #waitAskedFor({ headers }: ApiAnswer): number | undefined {
    const resetsAt = Number(headers.get('x-ratelimit-reset') ?? Number.NaN);
    return Number.isFinite(resetsAt) ? Math.max(0, resetsAt * 1000 - this.#options.now()) : undefined;
  }

  async #problem({ purpose, method }: Call, answer: ApiAnswer): Promise<ConnectError> {
    const { status, body } = answer;
    const { apiUrl, apiKey, subuser } = this.#options;
    if (status === 0) {
      const again =
        method === 'POST' ? ' It may have been done: run the command again, it finds what is there.' : '';
      return new ConnectError(
        `SendGrid cannot be reached at ${apiUrl} to ${purpose} (${String(body)}).${again}`,
      );
    }
    return apiProblem({
      status,
      purpose,
      apiUrl,
      body,
      hidden: [apiKey],
      subuser,
      waitMs: this.#waitAskedFor(answer),
      missingScopes: status === 403 ? await this.#missingScopes() : undefined,
    });
  }

  async #missingScopes(): Promise<readonly string[] | undefined> {
    const { body } = await this.#attempt({ method: 'GET', path: '/v3/scopes', purpose: 'read the scopes' });
    const scopes = scopesSchema.safeParse(body).data?.scopes;
    return scopes === undefined ? undefined : neededScopes.filter((scope) => !scopes.includes(scope));
  }
}
