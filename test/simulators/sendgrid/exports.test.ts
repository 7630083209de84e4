import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { reservedColumns } from '../../../simulators/sendgrid/marketing/contact.ts';
import { defaultLists, defaultSegments } from '../../../simulators/sendgrid/marketing/contactSet.ts';
import type { SendGridSimulatorOptions } from '../../../simulators/sendgrid/sendGridSimulator.ts';
import { type Answer, type Call, useSendGrid } from './sendGrid.ts';

const exportsPath = '/v3/marketing/contacts/exports';

interface Export {
  readonly id: string;
  readonly status: string;
  readonly urls: readonly string[];
}

/** A simulator with few contacts, whose clock is turned by hand. */
async function useExports(options: SendGridSimulatorOptions = {}): Promise<
  Awaited<ReturnType<typeof useSendGrid>> & {
    readonly wait: (ms: number) => void;
    readonly start: (body?: object) => Promise<string>;
    readonly read: (id: string) => Promise<Export>;
  }
> {
  let nowMs = Date.parse('2026-11-20T12:00:00Z');
  const used = await useSendGrid({ contacts: 300, exportMs: 5_000, now: () => nowMs, ...options });
  return {
    ...used,
    wait: (ms) => {
      nowMs += ms;
    },
    start: async (body) => idOf(await used.call('POST', exportsPath, body)),
    read: async (id) => (await used.call('GET', `${exportsPath}/${id}`)).body as Export,
  };
}

function idOf({ body }: Answer): string {
  return (body as { readonly id: string }).id;
}

async function fileOf(url = ''): Promise<Buffer> {
  return gunzipSync(Buffer.from(await (await fetch(url)).arrayBuffer()));
}

async function listed(call: Call): Promise<readonly Export[]> {
  return ((await call('GET', exportsPath)).body as { readonly result: readonly Export[] }).result;
}

describe('an export of contacts', () => {
  it('is pending, and ready with a URL after its time', async () => {
    const { call, wait, start, read } = await useExports();
    const id = await start();
    expect(await read(id)).toMatchObject({ status: 'pending', urls: [], export_type: 'contacts_export' });
    wait(5_000);
    expect(await read(id)).toMatchObject({
      status: 'ready',
      contact_count: 300,
      urls: [expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/files\/.+\.csv\.gzip\?X-Amz-/)],
    });
    expect(await listed(call)).toMatchObject([
      { id, status: 'ready', created_at: '2026-11-20T12:00:00.000Z' },
    ]);
  });

  it('is a gzipped CSV with the columns of SendGrid and the custom fields, the same each time', async () => {
    const { wait, start, read } = await useExports();
    const id = await start();
    wait(5_000);
    const [url] = (await read(id)).urls;
    const file = await fileOf(url);
    const rows = parse(file, { columns: true }) as readonly Readonly<Record<string, string>>[];
    expect(rows).toHaveLength(300);
    expect(Object.keys(rows[0] ?? {})).toEqual([
      ...reservedColumns,
      'plan',
      'industry',
      'ltv',
      'orders',
      'days_since_signup',
      'days_since_order',
      'last_web_visit',
    ]);
    expect(rows[2]).toMatchObject({ EMAIL: 'pat.pretend@example.com', COUNTRY: 'US', plan: 'enterprise' });
    expect(new Set(rows.map(({ EMAIL }) => EMAIL)).size).toBe(300);
    expect(await fileOf(url)).toEqual(file);
  });

  it('may be of lists or segments, as JSON with a contact a line', async () => {
    const { wait, start, read } = await useExports();
    const [segment] = defaultSegments;
    const id = await start({ segment_ids: [segment?.id], file_type: 'json' });
    wait(5_000);
    const exported = await read(id);
    expect(exported).toMatchObject({
      export_type: 'segment_export',
      segments: [{ ID: segment?.id, Name: 'High value' }],
    });
    const lines = (await fileOf(exported.urls[0])).toString().trim().split('\n');
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.every((line) => JSON.parse(line).custom_fields.ltv >= 2_000)).toBe(true);
  });

  it.each([
    ['a list that is not there', { list_ids: ['00000000-0000-4000-8000-000000000000'] }, 404],
    ['a list id that is not a UUID', { list_ids: ['newsletter'] }, 400],
    ['an unknown type of file', { list_ids: [defaultLists[0]?.id], file_type: 'xml' }, 400],
  ])('is refused for %s', async (_what, body, status) => {
    const { call } = await useExports();
    expect(await call('POST', exportsPath, body)).toMatchObject({
      status,
      body: { errors: [{ message: expect.any(String) }] },
    });
  });

  it('is refused with 429 while another one is pending', async () => {
    const { sendgrid, call, wait, start } = await useExports();
    await start();
    expect(await call('POST', exportsPath)).toMatchObject({
      status: 429,
      body: { errors: [{ field: null, message: 'too many requests' }] },
    });
    wait(5_000);
    expect((await call('POST', exportsPath)).status).toBe(202);
    expect(sendgrid.exportsStarted()).toBe(2);
  });

  it('fails on demand', async () => {
    const { sendgrid, wait, start, read } = await useExports();
    sendgrid.failExports(1);
    const id = await start();
    wait(5_000);
    expect(await read(id)).toMatchObject({ status: 'failure', message: expect.any(String), urls: [] });
  });

  it('is forgotten on demand, with its file', async () => {
    const { sendgrid, call, wait, start, read } = await useExports();
    const id = await start();
    wait(5_000);
    const [url = ''] = (await read(id)).urls;
    sendgrid.forgetExports(id);
    expect((await call('GET', `${exportsPath}/${id}`)).status).toBe(404);
    expect(await listed(call)).toEqual([]);
    expect((await fetch(url)).status).toBe(403);
  });
});

describe('the URL of an exported file', () => {
  it('opens the file without a key, for its time alone', async () => {
    const { sendgrid, wait, start, read } = await useExports({ exportUrlMs: 60_000 });
    const id = await start();
    wait(5_000);
    const [url = ''] = (await read(id)).urls;
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(url, { headers: { authorization: `Bearer ${sendgrid.apiKey}` } })).status).toBe(400);
    wait(60_000);
    const expired = await fetch(url);
    expect(expired.status).toBe(403);
    expect(await expired.text()).toContain('<Message>Request has expired</Message>');
    const [next = ''] = (await read(id)).urls;
    expect((await fetch(next)).status).toBe(200);
  });

  it('ends on demand, also from another process', async () => {
    const { sendgrid, wait, start, read } = await useExports();
    const id = await start();
    wait(5_000);
    const [url = ''] = (await read(id)).urls;
    const ordered = await fetch(`${sendgrid.baseUrl}/__simulator/exports`, {
      method: 'POST',
      body: JSON.stringify({ order: 'expireUrls' }),
    });
    expect(await ordered.json()).toEqual({ expired: 1 });
    expect((await fetch(url)).status).toBe(403);
  });

  it('gives half of the file under a fault, and the next time all of it', async () => {
    const { sendgrid, wait, start, read } = await useExports({ contacts: 5_000 });
    const id = await start();
    wait(5_000);
    const [url = ''] = (await read(id)).urls;
    sendgrid.inject({ kind: 'truncated', path: '/files/*' });
    await expect(fileOf(url)).rejects.toThrow();
    expect((await fileOf(url)).toString().trim().split('\n')).toHaveLength(5_001);
    const downloads = sendgrid.calls().filter(({ path }) => path.startsWith('/files/'));
    expect(downloads).toMatchObject([
      { key: '', fault: 'truncated' },
      { key: '', fault: undefined },
    ]);
  });
});

describe('a segment of contacts', () => {
  it('has its count, and a sample with the custom fields', async () => {
    const { call } = await useExports();
    const [first] = defaultSegments;
    const { body } = await call('GET', `/v3/marketing/segments/2.0/${first?.id}`);
    const segment = body as {
      readonly contacts_count: number;
      readonly contacts_sample: readonly { readonly custom_fields: { readonly ltv: number } }[];
    };
    expect(segment.contacts_sample.every(({ custom_fields }) => custom_fields.ltv >= 2_000)).toBe(true);
    expect(segment.contacts_count).toBeGreaterThanOrEqual(segment.contacts_sample.length);
    const all = await call('GET', '/v3/marketing/segments/2.0');
    expect(all.body).toMatchObject({
      results: [{ id: first?.id, contacts_count: segment.contacts_count }, {}, {}],
    });
    expect((await call('GET', '/v3/marketing/segments/2.0/unknown')).status).toBe(404);
  });

  it('has all of a small segment of the default account in its sample', async () => {
    const { call } = await useExports({ contacts: 20_000 });
    const { body } = await call('GET', `/v3/marketing/segments/2.0/${defaultSegments[2]?.id}`);
    const segment = body as { readonly contacts_count: number; readonly contacts_sample: readonly object[] };
    expect(segment.contacts_count).toBeGreaterThanOrEqual(10);
    expect(segment.contacts_sample).toHaveLength(segment.contacts_count);
  });

  it('has the fields that the account defines', async () => {
    const { call } = await useExports();
    expect((await call('GET', '/v3/marketing/field_definitions')).body).toMatchObject({
      custom_fields: expect.arrayContaining([{ id: 'e3_N', name: 'ltv', field_type: 'Number' }]),
      reserved_fields: expect.arrayContaining([
        expect.objectContaining({ name: 'last_clicked', read_only: true }),
      ]),
    });
  });
});
