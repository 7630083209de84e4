import { createServer, type Server } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConnectError } from '../../../../cli/connect/connectError.ts';
import { SendGridApi, type SendGridApiOptions } from '../../../../cli/connect/sendgrid/sendGridApi.ts';
import { closeServer, listen } from '../../../../simulators/http/listen.ts';
import {
  type SendGridSimulator,
  type SendGridSimulatorOptions,
  startSendGridSimulator,
} from '../../../../simulators/sendgrid/sendGridSimulator.ts';

const url = 'https://hooks.example.com/sendgrid';
const nowMs = 1_795_000_000_000;

interface Client {
  readonly api: SendGridApi;
  readonly waits: readonly number[];
  readonly told: readonly string[];
}

async function simulate(options: SendGridSimulatorOptions = {}): Promise<SendGridSimulator> {
  const sendgrid = await startSendGridSimulator({ latencyMs: 0, now: () => nowMs, ...options });
  onTestFinished(() => sendgrid.stop());
  return sendgrid;
}

async function serve(server: Server): Promise<string> {
  onTestFinished(() => closeServer(server));
  return `http://127.0.0.1:${await listen(server, 0)}`;
}

function clientOf(apiUrl: string, apiKey: string, changes: Partial<SendGridApiOptions> = {}): Client {
  const waits: number[] = [];
  const told: string[] = [];
  const api = new SendGridApi({
    apiUrl,
    apiKey,
    subuser: undefined,
    now: () => nowMs,
    sleep: async (ms) => void waits.push(ms),
    onWait: (text) => told.push(text),
    ...changes,
  });
  return { api, waits, told };
}

async function problemOf(call: Promise<unknown>): Promise<string> {
  const error = await call.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConnectError);
  return (error as ConnectError).message;
}

describe("SendGrid's API for event webhooks", () => {
  it('creates, signs, changes, lists and deletes a webhook', async () => {
    const sendgrid = await simulate();
    const { api } = clientOf(sendgrid.baseUrl, sendgrid.apiKey);
    const id = await api.create({ url, enabled: false, friendly_name: 'mine', click: true });
    const publicKey = await api.sign(id);
    await api.change(id, { url, enabled: true, open: true, account_status_change: true });
    expect(await api.webhooks()).toEqual({
      maxAllowed: 5,
      webhooks: [
        {
          id,
          url,
          enabled: true,
          name: 'mine',
          publicKey,
          kinds: new Set(['open', 'click', 'account_status_change']),
          offersAccountKind: true,
          oauth: undefined,
        },
      ],
    });
    await api.remove(id);
    expect(await api.webhooks()).toEqual({ maxAllowed: 5, webhooks: [] });
  });

  it('is asked in the name of a subuser', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers['on-behalf-of'] as string | undefined);
      // As the documentation shows an account without webhooks.
      response.setHeader('content-type', 'application/json').end('{"max_allowed":1,"webhooks":[{}]}');
    });
    const apiUrl = await serve(server);
    const { api } = clientOf(apiUrl, 'SG.key', { subuser: 'shop' });
    expect(await api.webhooks()).toEqual({ maxAllowed: 1, webhooks: [] });
    expect(seen).toEqual(['shop']);
  });

  it("tests a webhook with OAuth by the settings that SendGrid shows, and gives SendGrid's time", async () => {
    const sendgrid = await simulate();
    const { api } = clientOf(sendgrid.baseUrl, sendgrid.apiKey);
    const oauth = { clientId: 'client', tokenUrl: 'https://login.example.com' };
    const id = await api.create({
      url,
      oauth_client_id: oauth.clientId,
      oauth_client_secret: 'hush',
      oauth_token_url: oauth.tokenUrl,
    });
    const [webhook] = (await api.webhooks()).webhooks;
    expect(webhook?.oauth).toEqual(oauth);
    const seconds = (await api.test({ id, url: 'http://127.0.0.1:1/sendgrid', oauth })) / 1000;
    expect(Number.isInteger(seconds)).toBe(true);
  });
});

describe('a refusal of SendGrid is explained', () => {
  it('401: which key, and for which region', async () => {
    const sendgrid = await simulate();
    const problem = await problemOf(clientOf(sendgrid.baseUrl, 'SG.wrong').api.webhooks());
    expect(problem).toMatch(
      /^SendGrid refused to list the event webhooks with 401: The provided authorization/,
    );
    expect(problem).toContain(`and of the region at ${sendgrid.baseUrl}: add --eu for a subuser in the EU`);
    expect(problem).not.toContain('SG.wrong');
  });

  it('403: which scopes the key needs', async () => {
    const sendgrid = await simulate({ restrictedKey: 'SG.mail-only' });
    const { api } = clientOf(sendgrid.baseUrl, 'SG.mail-only', { subuser: 'shop' });
    expect(await problemOf(api.create({ url }))).toMatch(
      /create an event webhook with 403: access forbidden\. The API key needs the scopes user\.webhooks\.event\.settings\.read, .*, and may act for the subuser shop\.$/,
    );
  });

  it('403: only the scopes that the key lacks, if SendGrid tells them', async () => {
    const server = createServer((request, response) => {
      const isScopes = request.url === '/v3/scopes';
      response.writeHead(isScopes ? 200 : 403, { 'content-type': 'application/json' });
      response.end(
        isScopes
          ? '{"scopes":["user.webhooks.event.settings.read","mail.send"]}'
          : '{"errors":[{"message":"no"}]}',
      );
    });
    const apiUrl = await serve(server);
    expect(await problemOf(clientOf(apiUrl, 'SG.key').api.create({ url }))).toContain(
      'lacks the scopes user.webhooks.event.settings.update, user.webhooks.event.test.create:',
    );
  });

  it('400: SendGrid says what is wrong, and what to do when the plan allows no more', async () => {
    const sendgrid = await simulate({ maxWebhooks: 1 });
    const { api } = clientOf(sendgrid.baseUrl, sendgrid.apiKey);
    await api.create({ url });
    expect(await problemOf(api.create({ url }))).toContain('already exists');
    expect(await problemOf(api.create({ url: `${url}/other` }))).toMatch(
      /maximum number of webhooks.*Delete an event webhook that is not needed/,
    );
  });

  it('429: waits until the limit is reset, and fails if that is too long', async () => {
    const sendgrid = await simulate({ requestsPerMinute: 1 });
    const { api, waits, told } = clientOf(sendgrid.baseUrl, sendgrid.apiKey);
    await api.webhooks();
    expect(await problemOf(api.webhooks())).toContain('Too many calls: run the command again in 60 seconds');
    expect(waits).toEqual([60_000, 60_000, 60_000]);
    expect(told[0]).toBe('SendGrid asks to wait 60 s');
    const hasty = clientOf(sendgrid.baseUrl, sendgrid.apiKey, { now: () => nowMs - 600_000 });
    expect(await problemOf(hasty.api.webhooks())).toContain('in 660 seconds');
    expect(hasty.waits).toEqual([]);
  });

  it('5xx: repeats what can be made twice, and not a creation', async () => {
    const sendgrid = await simulate();
    const { api, waits } = clientOf(sendgrid.baseUrl, sendgrid.apiKey);
    sendgrid.inject({ kind: 'status', status: 503, times: 2 });
    expect((await api.webhooks()).webhooks).toEqual([]);
    expect(waits).toEqual([1_000, 2_000]);
    sendgrid.inject({ kind: 'status', status: 500 });
    expect(await problemOf(api.create({ url }))).toContain('SendGrid has a problem: run the command again');
    expect(waits).toHaveLength(2);
  });

  it('no answer at all', async () => {
    const { api } = clientOf('http://127.0.0.1:1', 'SG.key');
    expect(await problemOf(api.webhooks())).toMatch(
      /^SendGrid cannot be reached at http:\/\/127\.0\.0\.1:1 to list/,
    );
    expect(await problemOf(api.create({ url }))).toContain('It may have been done: run the command again');
  });

  it('an answer of another shape', async () => {
    const server = createServer((_request, response) => response.end('{"webhooks":"many"}'));
    const apiUrl = await serve(server);
    expect(await problemOf(clientOf(apiUrl, 'SG.key').api.webhooks())).toContain(
      'does not have the documented shape (webhooks)',
    );
  });
});
