import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { askMave, segmentProfile, trigger } from 'mavera-triggers';
import { afterEach, describe, expect, it } from 'vitest';
import { type CallRecord, callSentence } from '../../../functions/access/callRecord.ts';
import type { System } from '../../../functions/access/operation.ts';
import type { Pace, PaceOptions, SlotOutcome } from '../../../functions/ledger/pace.ts';
import { SecretUnavailableError } from '../../../functions/secrets/cachedSecret.ts';
import type { SystemCall } from '../../../functions/systems/systemsGate.ts';
import { closeServer, listen } from '../../../simulators/http/listen.ts';
import { type GateOnOptions, gateOn } from './gateOn.ts';

interface Seen {
  readonly url: string;
  readonly method: string;
  readonly authorization: string;
  readonly body: string;
}

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => closeServer(server)));
});

/** Serves one answer for every request; `seen` has the requests. */
async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ readonly baseUrl: string; readonly seen: readonly Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const { url = '', method = '', headers } = request;
    const body = Buffer.concat(chunks).toString();
    seen.push({ url, method, authorization: headers.authorization ?? '', body });
    answer(request, response);
  });
  servers.push(server);
  return { baseUrl: `http://127.0.0.1:${await listen(server, 0)}/base`, seen };
}

const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
  return (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
};

const agent = 'trigger/reports';
const profile = { path: { space: 'spa_1', profile: 'user_id:u-1' } };
const traits = { agent, operation: 'readProfileTraits', request: profile } as const;
const calls = {
  mavera: { agent, operation: 'listWorkspaces', request: {} },
  segment: { agent, operation: 'listSegmentSources', request: {} },
  segmentProfiles: traits,
  segmentTracking: { agent, operation: 'sendToSegment', request: { body: { batch: [] } } },
  segops: { agent, operation: 'readSegopsSegment', request: { path: { segment: '42' } } },
  sendgrid: { agent, operation: 'readSingleSend', request: { path: { id: 's-1' } } },
} as const satisfies Readonly<Record<System, SystemCall>>;
const names = Object.keys(calls) as System[];

/** Makes the call of a system on a server, and gathers its records. */
async function call(system: System, options: GateOnOptions, made: SystemCall = calls[system]) {
  const records: CallRecord[] = [];
  const gate = gateOn(system, { onCall: (record) => records.push(record), ...options });
  return { answer: await gate.call(made), records, gate };
}

describe('a call that is allowed', () => {
  it.each([
    ['mavera', 'Bearer k-1', '/base/workspaces'],
    ['segment', 'Bearer k-1', '/base/sources'],
    [
      'segmentProfiles',
      'Basic ay0xOg==',
      '/base/v1/spaces/spa_1/collections/users/profiles/user_id%3Au-1/traits',
    ],
    ['segmentTracking', 'Basic ay0xOg==', '/base/batch'],
    ['segops', 'ApiKey k-1', '/base/segments/42/'],
    ['sendgrid', 'Bearer k-1', '/base/v3/marketing/singlesends/s-1'],
  ] as const)('%s gets its key as %s at %s', async (system, authorization, url) => {
    const { baseUrl, seen } = await serve(json(200, { data: [] }));
    const { answer } = await call(system, { baseUrl, keys: ['k-1'] });
    expect(answer).toMatchObject({ kind: 'answered', status: 200, json: { data: [] } });
    expect(seen).toMatchObject([{ authorization, url }]);
  });

  it('a read is recorded when it is over', async () => {
    const { baseUrl } = await serve(json(404, { error: { code: 'not_found', message: 'x' } }));
    const { records } = await call('segmentProfiles', { baseUrl }, { ...traits, runId: '4f2a91c0ffee' });
    expect(records).toEqual([
      {
        record: 'call',
        phase: 'ended',
        atMs: expect.any(Number),
        agent,
        operation: 'readProfileTraits',
        system: 'segmentProfiles',
        resource: 'segmentProfiles.profiles',
        level: 'read',
        host: new URL(baseUrl).host,
        decision: 'allowed',
        why: 'access.ts grants it',
        runId: '4f2a91c0ffee',
        outcome: 'refused',
        status: 404,
        durationMs: expect.any(Number),
        credits: undefined,
      },
    ]);
  });

  it('a change is recorded before it is sent and when it is over', async () => {
    const records: CallRecord[] = [];
    const begun: string[] = [];
    const { baseUrl } = await serve((request, response) => {
      begun.push(...records.map(({ phase }) => phase));
      json(200, {})(request, response);
    });
    await gateOn('segmentTracking', { baseUrl, onCall: (record) => records.push(record) }).call(
      calls.segmentTracking,
    );
    expect(begun).toEqual(['begins']);
    expect(records.map(({ phase }) => phase)).toEqual(['begins', 'ended']);
  });

  it('says what the trigger declares where there is no access file', async () => {
    const looks = trigger(
      { name: 'looks', when: 'type = "track"', with: { profile: segmentProfile({ traits: ['ltv'] }) } },
      askMave(() => ({ message: 'Why?' })),
    );
    const { baseUrl } = await serve(json(200, {}));
    const options = { baseUrl, triggers: [looks] };
    const { records } = await call('segmentProfiles', options, { ...traits, agent: 'trigger/looks' });
    expect(records).toMatchObject([{ why: 'it declares the lookup profile' }]);
    const other = await call('segmentProfiles', options, {
      ...traits,
      agent: 'trigger/looks',
      operation: 'readProfileEvents',
    });
    expect(other.answer).toMatchObject({ kind: 'not_allowed' });
    expect(other.records).toMatchObject([{ phase: 'refused', why: 'it does not declare readProfileEvents' }]);
  });
});

describe('a call that is refused', () => {
  it.each([
    ['an operation that is not granted', { grants: {} }, traits, 'it has off on segmentProfiles.profiles'],
    ['another agent', {}, { ...traits, agent: 'trigger/other' }, 'it has off on segmentProfiles.profiles'],
    ['a pull, which has no grants', {}, { ...traits, agent: 'pull/reports' }, 'it has off on'],
    [
      'a space that leads elsewhere',
      {},
      { ...traits, request: { path: { space: '..', profile: 'user_id:ann@example.com' } } },
      'space would lead to another resource',
    ],
    ['an operation that does not exist', {}, { ...traits, operation: 'deleteAll' }, 'no such operation'],
  ] as const)('nothing is called for %s', async (_what, options, made, why) => {
    const { baseUrl, seen } = await serve(json(200, {}));
    const { answer, records } = await call('segmentProfiles', { baseUrl, ...options }, made as SystemCall);
    expect(answer).toMatchObject({ kind: 'not_allowed', detail: expect.stringContaining(why) });
    expect(records).toMatchObject([{ phase: 'refused', decision: 'refused' }]);
    expect(records[0]).not.toHaveProperty('outcome');
    expect(records[0]?.why).toContain(why);
    expect(JSON.stringify([answer, records])).not.toContain('ann@example.com');
    expect(seen).toEqual([]);
  });

  it('is recorded at once, and in a flood once a minute with the number of the others', async () => {
    const records: CallRecord[] = [];
    let nowMs = 1_000_000;
    const onCall = (record: CallRecord): number => records.push(record);
    const gate = gateOn('segops', { baseUrl: 'http://127.0.0.1:9', grants: {}, now: () => nowMs, onCall });
    for (let made = 0; made < 100; made += 1) {
      await gate.call(calls.segops);
    }
    expect(records.map(({ repeated }) => repeated)).toEqual([0]);
    nowMs += 59_000;
    gate.recordRefusals();
    expect(records).toHaveLength(1);
    nowMs += 1_000;
    gate.recordRefusals();
    gate.recordRefusals();
    expect(records.map(({ repeated }) => repeated)).toEqual([0, 98]);
  });

  it('is recorded for itself when another operation is refused too', async () => {
    const gate = { baseUrl: 'http://127.0.0.1:9', grants: {} };
    const records: CallRecord[] = [];
    const refusing = gateOn('segops', { ...gate, onCall: (record) => records.push(record) });
    await refusing.call(calls.segops);
    await refusing.call({ ...calls.segops, operation: 'listSegopsMembers' });
    expect(records.map(({ operation }) => operation)).toEqual(['readSegopsSegment', 'listSegopsMembers']);
  });
});

describe('the keys of a system', () => {
  /** Knows one key alone. */
  const knows = (key: string) => {
    return (request: IncomingMessage, response: ServerResponse): void =>
      json(request.headers.authorization === `ApiKey ${key}` ? 200 : 401, { detail: 'No.' })(
        request,
        response,
      );
  };

  it('after a 401 the next key of the list is tried, and the one that works comes first from then on', async () => {
    const { baseUrl, seen } = await serve(knows('old'));
    const { answer, gate, records } = await call('segops', { baseUrl, keys: ['new', 'old'] });
    expect(answer).toMatchObject({ kind: 'answered' });
    expect(records).toMatchObject([{ phase: 'ended', status: 200 }]);
    await gate.call(calls.segops);
    expect(seen.map(({ authorization }) => authorization)).toEqual([
      'ApiKey new',
      'ApiKey old',
      'ApiKey old',
    ]);
    expect(gate.requestsTo('segops')).toEqual({ made: 3, throttled: 0 });
  });

  it('when all keys are refused, the secret is read again', async () => {
    const { baseUrl, seen } = await serve(knows('another'));
    let refreshed = 0;
    const refreshKeys = async (): Promise<void> => {
      refreshed += 1;
      throw new SecretUnavailableError('not now');
    };
    const { answer } = await call('segops', { baseUrl, keys: ['new', 'old'], refreshKeys });
    expect(answer).toMatchObject({ kind: 'refused', error: { status: 401 } });
    expect([seen.length, refreshed]).toEqual([2, 1]);
  });

  it('another error than 401 is not tried with another key', async () => {
    const { baseUrl, seen } = await serve(json(403, { detail: 'No.' }));
    await call('segops', { baseUrl, keys: ['new', 'old'] });
    expect(seen).toHaveLength(1);
  });

  it('without a key, or with a secret that cannot be read, nothing is called and nothing recorded', async () => {
    const { baseUrl, seen } = await serve(json(200, {}));
    const without = await call('segops', { baseUrl, keys: [] });
    expect(without).toMatchObject({ answer: { kind: 'no_credentials' }, records: [] });
    const unreadable = await call('segops', {
      baseUrl,
      readKeys: () => Promise.reject(new SecretUnavailableError('not now')),
    });
    expect(unreadable).toMatchObject({ answer: { kind: 'no_credentials' }, records: [] });
    const notSetUp = await call(
      'sendgrid',
      { baseUrl, grants: { [agent]: { 'segops.segments': 'read' } } },
      calls.segops,
    );
    expect(notSetUp).toMatchObject({ answer: { kind: 'no_credentials' } });
    expect(seen).toEqual([]);
  });
});

describe('the pace of a system', () => {
  /** A pace that gives one outcome, and notes what it is asked and told. */
  function paceThat(outcome: SlotOutcome) {
    const asked: PaceOptions[] = [];
    const holds: number[] = [];
    const slots = {
      takeSlot: async (options: PaceOptions) => {
        asked.push(options);
        return outcome;
      },
      holdUntil: async (untilMs: number) => {
        holds.push(untilMs);
      },
    } as unknown as Pace;
    return { pace: { slots, intervalMs: () => 3_000 }, asked, holds };
  }
  const soon = { kind: 'reserved', slotAtMs: 0 } as const;
  const nowMs = Date.parse('2026-11-29T12:00:00Z');
  const now = (): number => nowMs;

  it('a call waits for a slot that is at most 5 s away', async () => {
    const { baseUrl } = await serve(json(200, {}));
    const { pace, asked } = paceThat(soon);
    await call('segops', { baseUrl, pace, now });
    expect(asked).toEqual([{ nowMs, intervalMs: 3_000, horizonMs: 5_000 }]);
  });

  it('without a slot nothing is called', async () => {
    const { baseUrl, seen } = await serve(json(200, {}));
    const { pace } = paceThat({ kind: 'full', askAgainAtMs: 7 });
    const { answer, records } = await call('segops', { baseUrl, pace });
    expect([answer, records, seen]).toEqual([{ kind: 'busy', untilMs: 7 }, [], []]);
  });

  it('a refused call takes no slot', async () => {
    const { pace, asked } = paceThat(soon);
    await call('segops', { baseUrl: 'http://127.0.0.1:9', pace, grants: {} });
    expect(asked).toEqual([]);
  });

  it.each([
    ['segops', 429, { 'retry-after': '20' }, { detail: 'Slow.' }, 20_000],
    ['segmentProfiles', 429, { 'retry-after': '3' }, { error: { code: 'rate_limit_error' } }, 3_000],
    ['segmentTracking', 429, { 'x-ratelimit-reset': '8' }, {}, 8_000],
    [
      'segment',
      200,
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'Sun, 29 Nov 2026 12:00:30 GMT' },
      {},
      30_000,
    ],
    [
      'segment',
      429,
      {},
      { errors: [{ type: 'RequestError', message: 'Too many requests', data: { msBeforeNext: 57_647 } }] },
      57_647,
    ],
    [
      'sendgrid',
      429,
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${nowMs / 1000 + 12}` },
      {},
      12_000,
    ],
  ] as const)(
    '%s: after a %d with %j nobody calls for that time',
    async (system, status, headers, body, ms) => {
      const { baseUrl } = await serve(json(status, body, headers));
      const { pace, holds } = paceThat(soon);
      await call(system, { baseUrl, pace, now });
      expect(holds).toEqual([nowMs + ms]);
    },
  );

  it('a hold that cannot be written is told, and the answer stands', async () => {
    const { baseUrl } = await serve(json(429, { detail: 'Slow.' }, { 'retry-after': '20' }));
    const { pace } = paceThat(soon);
    const slots = { ...pace.slots, holdUntil: () => Promise.reject(new Error('down')) } as unknown as Pace;
    const told: string[] = [];
    const onTrouble = (what: string): number => told.push(what);
    const { answer } = await call('segops', { baseUrl, pace: { ...pace, slots }, now, onTrouble });
    expect(answer).toMatchObject({ kind: 'refused', error: { status: 429, retryAfterMs: 20_000 } });
    expect(told).toEqual(['the retry-after hold could not be written']);
  });
});

describe('the answers of all systems', () => {
  /** How each system documents that something was not found. */
  const notFound: Readonly<Partial<Record<System, unknown>>> = {
    mavera: { error: { type: 'not_found_error', code: 'resource_not_found', message: 'No.' } },
    segment: { errors: [{ type: 'not-found', message: 'No.' }] },
    segmentProfiles: { error: { code: 'not_found', message: 'Profile was not found.' } },
    sendgrid: { errors: [{ message: 'No.', field: null }] },
    segops: { detail: 'Not found.' },
  };

  it.each(Object.entries(notFound) as [System, unknown][])(
    '%s: a 404 in its own words is refused, and one of a proxy blocked',
    async (system, body) => {
      const own = await serve(json(404, body));
      expect((await call(system, own)).answer).toMatchObject({ kind: 'refused', error: { status: 404 } });
      const proxy = await serve((_request, response) => response.writeHead(404).end('<html>404</html>'));
      expect((await call(system, proxy)).answer).toMatchObject({ kind: 'blocked', status: 404 });
    },
  );

  it.each(names)('%s: a 502 of a proxy is lost', async (system) => {
    const proxy = await serve((_request, response) => response.writeHead(502).end('<html>'));
    expect((await call(system, proxy)).answer).toMatchObject({ kind: 'lost', status: 502 });
  });

  it.each(names)('%s: a redirect is not followed', async (system) => {
    const { baseUrl, seen } = await serve((_request, response) =>
      response.writeHead(307, { location: '/elsewhere' }).end(),
    );
    expect((await call(system, { baseUrl })).answer).toMatchObject({ kind: 'blocked', status: 307 });
    expect(seen).toHaveLength(1);
  });

  it.each(names)('%s: an answer that does not come in time is lost', async (system) => {
    const { baseUrl } = await serve(() => undefined);
    const { answer, records } = await call(system, { baseUrl, timeoutMs: 50 });
    expect(answer).toMatchObject({ kind: 'lost' });
    expect(records.at(-1)).toMatchObject({ outcome: 'lost', status: undefined });
  });

  it.each(names)('%s: an answer above 8 MB is not read to the end', async (system) => {
    const { baseUrl } = await serve((_request, response) => response.end(`"${'x'.repeat(9_000_000)}"`));
    const { answer } = await call(system, { baseUrl });
    expect(answer.kind === 'answered' ? answer.json : answer.kind).toBe(
      system === 'segmentTracking' ? undefined : 'lost',
    );
  });

  it.each(names)('%s: nothing listens', async (system) => {
    const gone = await serve(() => undefined);
    await Promise.all(servers.splice(0).map((server) => closeServer(server)));
    const { answer, records, gate } = await call(system, gone);
    expect(answer).toMatchObject({ kind: 'unreachable' });
    expect(callSentence(records.at(-1) as CallRecord)).toMatch(/ tried to .*There was no connection\.$/);
    expect(gate.requestsTo(system)).toEqual({ made: 0, throttled: 0 });
  });

  it.each(names)('%s: a person in the text of an error is in no answer and no record', async (system) => {
    const person = 'ann.bee@example.com';
    const body = {
      ...{ error: { code: person, message: person, type: person }, detail: person },
      errors: [{ type: person, message: person, field: person }],
    };
    for (const status of [400, 404, 422, 429, 500]) {
      const { baseUrl } = await serve(json(status, body));
      const { answer, records } = await call(system, { baseUrl });
      // What Mavera says of a run's request is kept with the run, for operators.
      const told = system === 'mavera' ? [records] : [records, answer];
      expect(JSON.stringify([...told, ...records.map(callSentence)])).not.toContain(person);
    }
  });
});
