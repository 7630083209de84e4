import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallRecord } from '../../functions/access/callRecord.ts';
import { createPuller, type PullerOptions } from '../../functions/pull/createPuller.ts';
import { handleMessage } from '../../functions/pull/handleMessage.ts';
import type { PullDependencies } from '../../functions/pull/pullDependencies.ts';
import { download } from '../../functions/pull/rows/openFile.ts';
import { segopsSegments } from '../../functions/pulls/segopsSegments.ts';
import { sendgridContacts } from '../../functions/pulls/sendgridContacts.ts';
import { parseRunMessage, type RunMessage } from '../../functions/queue/runMessage.ts';
import { CachedSecret } from '../../functions/secrets/cachedSecret.ts';
import { askMave } from '../../functions/triggers/actions.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { startSegOpsSimulator } from '../../simulators/segops/segOpsSimulator.ts';
import { newTopic } from './testRunner.ts';
import { drain, startWorld, type World } from './world.ts';

const startMs = Date.parse('2026-11-20T12:00:00Z');
const run = askMave(() => ({ message: 'Why?' }));

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

function secretOf<Value>(value: Value): CachedSecret<Value> {
  const times = { maxAgeMs: 60_000, earlyRefreshEveryMs: 1_000, retryEveryMs: 1_000 };
  return new CachedSecret({
    fetch: () => Promise.resolve(value),
    now: Date.now,
    onTrouble: () => undefined,
    ...times,
  });
}

/** A puller on emulators, whose waits are over at once. */
interface TestPuller {
  readonly dependencies: PullDependencies;
  readonly records: readonly CallRecord[];
  /** What subscribers of the results topic got since they were last asked. */
  published(): Promise<readonly unknown[]>;
  /** Takes an occurrence to its end. @returns the runs that it queued */
  pull(trigger: string, occurrence: string): Promise<readonly RunMessage[]>;
}

async function startPuller(
  trigger: Trigger,
  systems: PullerOptions['systems'],
  grants?: PullerOptions['grants'],
): Promise<TestPuller> {
  let nowMs = startMs;
  const records: CallRecord[] = [];
  const queueUrls = { pulls: await world.newQueue(), bulk: await world.newQueue() };
  const resultsQueueUrl = await world.newQueue();
  const dependencies = createPuller({
    settings: { runDeadlineMs: 86_400_000, pullDeadlineMs: 86_400_000, stepMs: 600_000 },
    triggers: [trigger],
    grants,
    clients: world.clients,
    tableName: await world.newTable(),
    queueUrls,
    resultsTopicArn: await newTopic(world, resultsQueueUrl),
    systems,
    // The file is on this machine, where no https: is.
    openFile: (from, signal) => download(from, signal),
    report: () => undefined,
    onCall: (record) => records.push(record),
    onTrouble: (what, error) => {
      throw new Error(what, { cause: error });
    },
    now: () => nowMs,
  });
  const pull = async (name: string, occurrence: string): Promise<readonly RunMessage[]> => {
    const about = { version: 1, trigger: name, occurrence } as const;
    await handleMessage({ ...about, kind: 'start' }, dependencies);
    for (;;) {
      const cursor = (await dependencies.cursors.read([name])).get(name);
      if (cursor?.isAtWork !== true) {
        break;
      }
      nowMs = Math.max(nowMs, cursor.dueAtMs);
      await handleMessage({ ...about, kind: 'step', step: cursor.version }, dependencies);
    }
    const messages = await drain(world.clients.sqs, queueUrls.bulk);
    return messages.map(({ Body = '' }) => parseRunMessage(Body));
  };
  const published = async (): Promise<readonly unknown[]> =>
    (await drain(world.clients.sqs, resultsQueueUrl)).map(({ Body = '' }) => JSON.parse(Body) as unknown);
  return { dependencies, records, pull, published };
}

/** A stand-in of SendGrid's exports: its URL expires once, and it takes two polls. */
class ExportServer {
  readonly server: Server;
  readonly requests: { readonly what: string; readonly key: string | undefined }[] = [];
  readonly #file: Uint8Array;
  readonly #exports: string[] = [];
  #polls = 0;
  #downloads = 0;

  constructor(file: Uint8Array) {
    this.#file = file;
    this.server = createServer((request, response) => this.#answer(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  #answer({ method = '', url = '', headers }: IncomingMessage, response: ServerResponse): void {
    const what = `${method} ${url}`;
    this.requests.push({ what, key: headers.authorization });
    const json = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const exported = { id: 'export-1', created_at: new Date(startMs).toISOString(), segments: [], lists: [] };
    if (what === 'GET /v3/marketing/contacts/exports') {
      json(200, { result: this.#exports.map((id) => ({ ...exported, id, status: 'pending' })) });
    } else if (what === 'POST /v3/marketing/contacts/exports') {
      this.#exports.push('export-1');
      json(202, { id: 'export-1' });
    } else if (what === 'GET /v3/marketing/contacts/exports/export-1') {
      this.#polls += 1;
      const ready = { status: 'ready', urls: [`${this.url}/file.csv.gzip?signature=${this.#polls}`] };
      json(200, { ...exported, ...(this.#polls > 2 ? ready : { status: 'pending', urls: [] }) });
    } else {
      this.#downloads += 1;
      if (this.#downloads === 1) {
        response.writeHead(403).end('<Error>Request has expired</Error>');
      } else {
        response.writeHead(200).end(this.#file);
      }
    }
  }
}

/** Contacts of three countries, as SendGrid writes them. */
function exportedFile(contacts: number): Uint8Array {
  const lines = Array.from({ length: contacts }, (_none, index) => {
    const country = ['DE', 'DE', 'US', 'BR'][index % 4];
    return `"user-${index}@example.com","Ann",,"Berlin, ""Mitte""","${country}","${index % 100}"`;
  });
  const header = '"EMAIL","FIRST_NAME","LAST_NAME","CITY","COUNTRY","orders"';
  return gzipSync([header, ...lines, ''].join('\n'));
}

describe('a pull of contacts through the gate', () => {
  it('exports once, survives an expired URL, and queues a run for each group', async () => {
    const sendgrid = new ExportServer(exportedFile(20_000));
    await new Promise<void>((resolve) => sendgrid.server.listen(0, '127.0.0.1', resolve));
    try {
      const from = sendgridContacts({ all: true, groupBy: 'country', fields: ['orders'] });
      const { pull, records, dependencies, published } = await startPuller(
        { name: 'contacts', from, every: '7d', run },
        { sendgrid: { baseUrl: sendgrid.url, secret: secretOf({ apiKey: ['SG.key'] }) } },
      );
      const runs = await pull('contacts', 'first');
      expect(runs.map(({ event }) => event.properties)).toMatchObject([
        { group: 'DE', count: 10_000, share: 0.5, total: 20_000 },
        { group: 'US', count: 5_000 },
        { group: 'BR', count: 5_000 },
      ]);
      expect(JSON.stringify(runs)).not.toContain('@');
      const posts = sendgrid.requests.filter(({ what }) => what.startsWith('POST'));
      expect(posts).toHaveLength(1);
      const ofFile = sendgrid.requests.filter(({ what }) => what.includes('file'));
      expect(ofFile.map(({ key }) => key)).toEqual([undefined, undefined]);
      expect(new Set(ofFile.map(({ what }) => what)).size).toBe(2);
      expect(posts[0]?.key).toBe('Bearer SG.key');
      expect((await dependencies.cursors.read(['contacts'])).get('contacts')?.last).toMatchObject({
        status: 'done',
        counts: { rows: 20_000, items: 3, runs: 3 },
      });
      expect(records.map(({ agent, operation, phase }) => `${agent} ${operation} ${phase}`)).toContain(
        'pull/contacts startContactExport begins',
      );
      expect(await pull('contacts', 'second')).toEqual([]);
      expect(await published()).toMatchObject([
        { type: 'pull.ended', trigger: 'contacts', occurrence: 'first', status: 'done', counts: { runs: 3 } },
        { type: 'pull.ended', trigger: 'contacts', occurrence: 'second', counts: { runs: 0, unchanged: 3 } },
      ]);
    } finally {
      sendgrid.server.close();
    }
  });

  it('calls nothing that is not granted', async () => {
    const from = sendgridContacts({ all: true, groupBy: 'country', fields: [] });
    const { pull, records, dependencies } = await startPuller(
      { name: 'contacts', from, every: '7d', run },
      { sendgrid: { baseUrl: 'http://127.0.0.1:1', secret: secretOf({ apiKey: ['SG.key'] }) } },
      { 'trigger/contacts': { 'sendgrid.contacts': 'full' } },
    );
    expect(await pull('contacts', 'first')).toEqual([]);
    expect(records.map(({ phase }) => phase)).toEqual(['refused']);
    expect((await dependencies.cursors.read(['contacts'])).get('contacts')?.last).toMatchObject({
      status: 'failed',
      detail:
        'pull contacts may not make this call: it has off on sendgrid.contacts, and listContactExports needs read',
    });
  });
});

describe('a pull that catches up with SegOps', () => {
  it('finds each computation once, by the id that its post has', async () => {
    const segops = await startSegOpsSimulator({ tenant: 'acme' });
    try {
      const trigger: Trigger = {
        name: 'recomputed',
        source: 'segops',
        when: 'event = "Segment Recomputed"',
        catchUp: { from: segopsSegments({ tenant: 'acme' }), every: '30m' },
        run,
      };
      const { pull } = await startPuller(trigger, {
        segops: {
          baseUrl: segops.baseUrl,
          secret: secretOf({ apiKey: [segops.apiKey] }),
          requestsPerMinute: 6_000,
        },
      });
      const first = await pull('recomputed', 'first');
      expect(first.map(({ event }) => event.properties.segment_id)).toEqual(
        segops.segments().map(({ id }) => id),
      );
      expect(await pull('recomputed', 'second')).toEqual([]);
      const [one] = segops.segments();
      await segops.recompute(one?.id ?? 0);
      const third = await pull('recomputed', 'third');
      expect(third).toMatchObject([
        { source: 'segops', route: 'default', event: { event: 'Segment Recomputed' } },
      ]);
      expect(third[0]?.messageId).toMatch(new RegExp(`^acme/${one?.id}/\\d+$`));
    } finally {
      await segops.stop();
    }
  });
});
