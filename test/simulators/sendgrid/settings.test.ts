import { describe, expect, it } from 'vitest';
import { createWebhook, settings, signWebhook, useSendGrid } from './sendGrid.ts';

const url = 'https://example.com/sendgrid';
const allOff = {
  group_resubscribe: false,
  delivered: false,
  group_unsubscribe: false,
  spam_report: false,
  bounce: false,
  deferred: false,
  unsubscribe: false,
  processed: false,
  open: false,
  click: false,
  dropped: false,
};
const isoDate = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

describe('the settings of an event webhook', () => {
  it('are created, and shown with their dates', async () => {
    const { call } = await useSendGrid();
    const { status, body } = await call('POST', settings, {
      url,
      enabled: true,
      click: true,
      friendly_name: 'Research',
      oauth_client_id: 'client',
      oauth_client_secret: 'never shown',
      oauth_token_url: 'https://example.com/token',
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      ...allOff,
      click: true,
      enabled: true,
      url,
      friendly_name: 'Research',
      id: expect.any(String),
      oauth_client_id: 'client',
      oauth_token_url: 'https://example.com/token',
      created_date: isoDate,
      updated_date: isoDate,
    });
  });

  it('keep what a change does not name', async () => {
    const { call } = await useSendGrid();
    const id = await createWebhook(call, url, { click: true, bounce: true });
    const { status, body } = await call('PATCH', `${settings}/${id}`, { click: false, enabled: false });
    expect(status).toBe(200);
    expect(body).toMatchObject({ ...allOff, bounce: true, enabled: false, url, id });
  });

  it('are read one by one without dates, and listed with dates and the number that the plan allows', async () => {
    const { call } = await useSendGrid({ maxWebhooks: 2 });
    const id = await createWebhook(call, url);
    const publicKey = await signWebhook(call, id);
    const one = (await call('GET', `${settings}/${id}`)).body;
    expect(one).toMatchObject({ id, url, public_key: publicKey });
    expect(one).not.toHaveProperty('created_date');
    expect((await call('GET', `${settings}/all`)).body).toEqual({
      max_allowed: 2,
      webhooks: [expect.objectContaining({ id, public_key: publicKey, created_date: isoDate })],
    });
  });

  it('show account_status_change only when it is asked for', async () => {
    const { call } = await useSendGrid();
    const id = await createWebhook(call, url);
    expect((await call('GET', `${settings}/${id}`)).body).not.toHaveProperty('account_status_change');
    expect((await call('GET', `${settings}/${id}?include=account_status_change`)).body).toHaveProperty(
      'account_status_change',
      false,
    );
  });

  it('are removed', async () => {
    const { sendgrid, call } = await useSendGrid();
    const id = await createWebhook(call, url);
    expect(await call('DELETE', `${settings}/${id}`)).toMatchObject({ status: 204, body: undefined });
    expect(sendgrid.webhooks()).toEqual([]);
  });
});

describe('signing', () => {
  it('is turned on with the key pair made at the start, and off with an empty key', async () => {
    const { sendgrid, call } = await useSendGrid();
    const id = await createWebhook(call, url);
    expect((await call('GET', `${settings}/signed/${id}`)).body).toEqual({ id, public_key: '' });
    expect((await call('PATCH', `${settings}/signed/${id}`, { enabled: true })).body).toEqual({
      id,
      public_key: sendgrid.publicKey,
    });
    expect((await call('GET', `${settings}/signed/${id}`)).body).toEqual({
      id,
      public_key: sendgrid.publicKey,
    });
    expect((await call('PATCH', `${settings}/signed/${id}`, { enabled: false })).body).toEqual({
      id,
      public_key: '',
    });
  });

  it('has a key pair for each webhook', async () => {
    const { call } = await useSendGrid();
    const keys = [
      await signWebhook(call, await createWebhook(call, url)),
      await signWebhook(call, await createWebhook(call, `${url}/2`)),
    ];
    expect(new Set(keys).size).toBe(2);
  });

  it('that is turned on again keeps its key, or by option makes another one', async () => {
    const keys = async (newKeyAtEachEnable: boolean): Promise<readonly string[]> => {
      const { call } = await useSendGrid({ newKeyAtEachEnable });
      const id = await createWebhook(call, url);
      return [await signWebhook(call, id), await signWebhook(call, id)];
    };
    expect(new Set(await keys(false)).size).toBe(1);
    expect(new Set(await keys(true)).size).toBe(2);
  });
});

describe('SendGrid refuses', () => {
  it('a URL that is not one, with the documented message', async () => {
    const { call } = await useSendGrid();
    expect(await call('POST', settings, { url: 'example' })).toMatchObject({
      status: 400,
      body: { errors: [{ message: "'example' is not a valid url" }] },
    });
  });

  it('a URL that has a webhook, naming the webhook', async () => {
    const { call } = await useSendGrid();
    const id = await createWebhook(call, url);
    const other = await createWebhook(call, `${url}/2`);
    const refused = {
      status: 400,
      body: { errors: [{ id, url, message: expect.stringContaining('already exists') }] },
    };
    expect(await call('POST', settings, { url })).toMatchObject(refused);
    expect(await call('PATCH', `${settings}/${other}`, { url })).toMatchObject(refused);
    expect((await call('PATCH', `${settings}/${id}`, { url })).status).toBe(200);
  });

  it('one webhook more than the plan allows', async () => {
    const { call } = await useSendGrid({ maxWebhooks: 1 });
    await createWebhook(call, url);
    expect(await call('POST', settings, { url: `${url}/2` })).toMatchObject({
      status: 400,
      body: { errors: [{ message: expect.stringContaining('maximum number of webhooks') }] },
    });
  });

  it.each([
    ['GET', `${settings}/unknown`],
    ['PATCH', `${settings}/unknown`],
    ['DELETE', `${settings}/unknown`],
    ['GET', `${settings}/signed/unknown`],
    ['PATCH', `${settings}/signed/unknown`],
  ])('an unknown id: %s %s', async (method, path) => {
    const { call } = await useSendGrid();
    const body = method === 'PATCH' ? { enabled: true } : undefined;
    expect(await call(method, path, body)).toMatchObject({
      status: 404,
      body: { errors: [{ message: 'Invalid id provided.' }] },
    });
  });

  it('a body that lacks a field or has one of a wrong type, naming the field', async () => {
    const { call } = await useSendGrid();
    const id = await createWebhook(call, url);
    const refused = (field: string): object => ({
      status: 400,
      body: { errors: [{ field, message: expect.any(String) }] },
    });
    expect(await call('POST', settings, {})).toMatchObject(refused('url'));
    expect(await call('PATCH', `${settings}/signed/${id}`, { enabled: 'yes' })).toMatchObject(
      refused('enabled'),
    );
  });

  it('no key and a wrong key with 401, a key without the scope with 403', async () => {
    const { call } = await useSendGrid({ restrictedKey: 'SG.mail-only' });
    expect((await call('GET', `${settings}/all`, undefined, null)).status).toBe(401);
    expect((await call('GET', `${settings}/all`, undefined, 'SG.wrong')).status).toBe(401);
    expect(await call('GET', `${settings}/all`, undefined, 'SG.mail-only')).toMatchObject({
      status: 403,
      body: { errors: [{ field: null, message: 'access forbidden' }] },
    });
  });

  it('calls over the limit of an endpoint, and says on every answer how many are left', async () => {
    const { call } = await useSendGrid({ requestsPerMinute: 2, now: () => 1_000_000 });
    const rate = (headers: Headers): readonly (string | null)[] =>
      ['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}`));
    expect(rate((await call('GET', `${settings}/all`)).headers)).toEqual(['2', '1', '1060']);
    await call('GET', `${settings}/all`);
    const refused = await call('GET', `${settings}/all`);
    expect(refused).toMatchObject({
      status: 429,
      body: { errors: [{ field: null, message: 'too many requests' }] },
    });
    expect(rate(refused.headers)).toEqual(['2', '0', '1060']);
    expect(refused.headers.get('retry-after')).toBeNull();
    expect((await call('POST', settings, { url })).status).toBe(201);
  });

  it('what a fault says, by method and path, in its own form of errors', async () => {
    const { sendgrid, call } = await useSendGrid();
    sendgrid.inject({ kind: 'status', status: 500, method: 'POST', path: settings, times: 2 });
    expect((await call('GET', `${settings}/all`)).status).toBe(200);
    expect(await call('POST', settings, { url })).toMatchObject({
      status: 500,
      body: { errors: [{ message: 'internal server error' }] },
    });
    expect((await call('POST', settings, { url })).status).toBe(500);
    expect((await call('POST', settings, { url })).status).toBe(201);
  });
});
