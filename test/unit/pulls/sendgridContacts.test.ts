import { describe, expect, it } from 'vitest';
import { clusterBy } from '../../../functions/pulls/groups/clusterBy.ts';
import type { OperationCall, PullCall, Row, RowsCall } from '../../../functions/pulls/pull.ts';
import { sendgridContacts } from '../../../functions/pulls/sendgridContacts.ts';
import { notFound, takeAll } from './takeAll.ts';

/** As a row of an export has it. */
const contacts: readonly Row[] = Array.from({ length: 60 }, (_none, index) => ({
  EMAIL: `user-${index}@example.com`,
  COUNTRY: index % 3 === 0 ? 'US' : 'DE',
  plan: index % 2 === 0 ? 'pro' : 'free',
  ltv: `${index * 10}`,
}));
const url = 'https://exports.example.com/1.csv.gzip?signature=secret';
const exported = (changes: object = {}): object => ({
  id: 'export-1',
  status: 'ready',
  created_at: '2026-11-20T11:59:00Z',
  expires_at: '2026-11-22T12:00:00Z',
  urls: [url],
  contact_count: 60,
  export_type: 'contacts_export',
  segments: [],
  lists: [],
  ...changes,
});
const all = { all: true, groupBy: 'country', fields: ['plan'] } as const;

/** What is done with the rows of the file. */
function folded({ fold }: RowsCall): unknown {
  return fold.end(contacts.reduce((gathered, row) => fold.row(gathered, row), fold.start()));
}

interface Account {
  readonly exports?: readonly object[];
  /** What an export is, each time that it is read. */
  readonly polls?: readonly unknown[];
}

function accountOf({ exports = [], polls = [] }: Account = {}): (call: OperationCall & RowsCall) => unknown {
  let read = 0;
  return (call) => {
    if ('rows' in call) {
      return folded(call);
    }
    switch ((call as OperationCall).operation) {
      case 'listContactExports':
        return { result: exports, _metadata: {} };
      case 'startContactExport':
        return { id: 'export-2', _metadata: {} };
      default:
        read += 1;
        return polls[read - 1] ?? exported();
    }
  };
}

const namesOf = (calls: readonly PullCall[]): readonly string[] =>
  calls.map((call) => ('rows' in call ? 'rows' : call.operation));

describe('sendgridContacts', () => {
  it('exports the contacts, waits, downloads them, and gives the groups without any contact', () => {
    const pending = exported({ status: 'pending', urls: [] });
    const { events, calls, states, waitsMs } = takeAll(
      sendgridContacts(all),
      accountOf({ polls: [pending, pending] }),
    );
    expect(namesOf(calls)).toEqual([
      'listContactExports',
      'startContactExport',
      'readContactExport',
      'readContactExport',
      'readContactExport',
      'rows',
    ]);
    expect(calls[1]).toMatchObject({
      request: { body: { notifications: { email: false }, file_type: 'csv' } },
    });
    expect(waitsMs).toEqual([5_000, 10_000, 20_000, 0]);
    expect(JSON.stringify(states)).not.toContain('secret');
    expect(events.map(({ event, item }) => `${event}: ${item}`)).toEqual([
      'Contacts Grouped: DE',
      'Contacts Grouped: US',
    ]);
    expect(events[0]?.properties).toEqual({
      group: 'DE',
      explanation: 'country is DE',
      count: 40,
      share: 0.6667,
      total: 60,
      fields: {
        plan: {
          count: 40,
          top: [
            { value: 'free', count: 20 },
            { value: 'pro', count: 20 },
          ],
        },
      },
    });
    expect(JSON.stringify(events)).not.toContain('@');
  });

  it.each([
    ['is ready', exported()],
    ['is under way, such as that of a step that crashed', exported({ status: 'pending' })],
  ])('starts no export when one %s', (_what, found) => {
    const { calls } = takeAll(sendgridContacts(all), accountOf({ exports: [found] }));
    expect(namesOf(calls)).not.toContain('startContactExport');
    expect(calls).toContainEqual({
      operation: 'readContactExport',
      request: { path: { id: 'export-1' } },
    });
  });

  it.each([
    ['is of other contacts', exported({ lists: [{ ID: 'list-1', Name: 'A' }] })],
    ['is two hours old', exported({ created_at: '2026-11-20T10:00:00Z' })],
    ['has expired', exported({ expires_at: '2026-11-20T11:59:30Z' })],
    ['has failed', exported({ status: 'failure' })],
  ])('starts one when the last one %s', (_what, found) => {
    const { calls } = takeAll(sendgridContacts(all), accountOf({ exports: [found] }));
    expect(namesOf(calls)).toContain('startContactExport');
  });

  it('lets an export of other contacts end before it starts its own', () => {
    const other = exported({ status: 'pending', lists: [{ ID: 'list-9' }] });
    let lists = 0;
    const account = accountOf();
    const { calls, waitsMs } = takeAll(sendgridContacts(all), (call) => {
      lists += call.operation === 'listContactExports' ? 1 : 0;
      return call.operation === 'listContactExports' && lists < 3 ? { result: [other] } : account(call);
    });
    expect(namesOf(calls).slice(0, 4)).toEqual([
      'listContactExports',
      'listContactExports',
      'listContactExports',
      'startContactExport',
    ]);
    expect(waitsMs.slice(0, 2)).toEqual([60_000, 60_000]);
  });

  it('exports again when an export fails or is lost, and gives up after three', () => {
    const failure = exported({ status: 'failure', message: 'x' });
    const recovered = takeAll(sendgridContacts(all), accountOf({ polls: [failure, notFound] }));
    expect(recovered.events).toHaveLength(2);
    const polls = Array(9).fill(failure);
    expect(() => takeAll(sendgridContacts(all), accountOf({ polls }))).toThrow(
      'SendGrid has failed to export the contacts 3 times',
    );
  });

  it('does not take an export for empty that is ready and names no file', () => {
    const nameless = exported({ urls: [] });
    const { events, calls } = takeAll(sendgridContacts(all), accountOf({ polls: [nameless, nameless] }));
    expect(namesOf(calls)).toEqual([
      ...['listContactExports', 'startContactExport', 'readContactExport', 'readContactExport'],
      ...['listContactExports', 'startContactExport', 'readContactExport', 'rows'],
    ]);
    expect(events).not.toEqual([]);
    const never = accountOf({ polls: Array(20).fill(exported({ urls: null })) });
    expect(() => takeAll(sendgridContacts(all), never)).toThrow(
      'SendGrid has failed to export the contacts 3 times, or gave no file that could be read',
    );
  });

  it('ends without groups when an export has no contacts', () => {
    const empty = exported({ urls: [], contact_count: 0 });
    expect(takeAll(sendgridContacts(all), accountOf({ polls: [empty] })).events).toEqual([]);
  });

  it('exports lists and segments by their ids', () => {
    const bodyOf = (options: object): unknown => {
      const chosen = { ...all, all: undefined, ...options } as unknown;
      const pull = sendgridContacts(chosen as Parameters<typeof sendgridContacts>[0]);
      const account = accountOf();
      const { calls } = takeAll(pull, (call) =>
        call.operation === 'readContactSegment'
          ? { contacts_count: 60, contacts_sample: [{}] }
          : account(call),
      );
      const start = calls.find((call) => 'operation' in call && call.operation === 'startContactExport');
      return (start as OperationCall | undefined)?.request.body;
    };
    expect(bodyOf({ listIds: ['l-1'] })).toMatchObject({ list_ids: ['l-1'] });
    expect(bodyOf({ segmentIds: ['s-1'] })).toMatchObject({ segment_ids: ['s-1'] });
  });

  it('needs no export of a segment whose sample has all of its contacts', () => {
    const people = contacts.map(({ COUNTRY, EMAIL, ...custom }) => ({
      email: EMAIL,
      country: COUNTRY,
      custom_fields: custom,
    }));
    const groupBy = clusterBy({ high_value: { ltv: { top: 0.25 } } });
    const pull = sendgridContacts({ segmentIds: ['s-1'], groupBy, fields: ['plan', 'country'] });
    const { events, calls } = takeAll(pull, () => ({ contacts_count: 60, contacts_sample: people }));
    expect(namesOf(calls)).toEqual(['readContactSegment']);
    expect(events.map(({ properties: { group, count } }) => [group, count])).toEqual([
      ['other', 44],
      ['high_value', 16],
    ]);
  });

  it('reads the file twice for clusters by quantiles', () => {
    const groupBy = clusterBy({ high_value: { ltv: { top: 0.25 } }, free: { plan: ['free'] } });
    const { events, calls } = takeAll(
      sendgridContacts({ ...all, groupBy }),
      accountOf({ exports: [exported()] }),
    );
    expect(namesOf(calls).slice(-2)).toEqual(['rows', 'rows']);
    expect(events.map(({ properties: { group, explanation } }) => `${group}: ${explanation}`)).toEqual([
      'other: ',
      'free: plan free',
      'high_value: ltv in the top 25 % (from 440)',
    ]);
  });

  it('counts a group as changed by its size and its medians', () => {
    const { events } = takeAll(
      sendgridContacts({ ...all, fields: ['ltv'], changedBy: 0.3 }),
      accountOf({ exports: [exported()] }),
    );
    expect(events[0]?.compared).toEqual({
      exactly: 'DE',
      roughly: { count: 40, 'median of ltv': 290 },
      share: 0.3,
    });
  });

  it.each([
    [{ all: undefined }, /^sendgridContacts: expected segmentIds, listIds or all: true/],
    [{ listIds: ['l-1'] }, /^sendgridContacts: expected segmentIds, listIds or all: true/],
    [{ all: undefined, listIds: ['l-1', 'l-1'] }, /^sendgridContacts: expected each id once/],
    [{ groupBy: '' }, /^sendgridContacts: groupBy: expected a field, or clusterBy/],
    [{ fields: 'plan' }, /^sendgridContacts: fields: expected a list of up to 10 fields/],
  ])('refuses %j', (changes, problem) => {
    const options = { ...all, ...changes } as Parameters<typeof sendgridContacts>[0];
    expect(() => sendgridContacts(options)).toThrow(problem);
  });
});
