import { describe, expect, it } from 'vitest';
import type { OperationCall } from '../../../functions/pulls/pull.ts';
import { sendgridAbTests } from '../../../functions/pulls/sendgridAbTests.ts';
import { twoProportionPValue } from '../../../functions/pulls/twoProportions.ts';
import { notFound, takeAll } from './takeAll.ts';

const send = (changes: object = {}, abtest: object = {}): object => ({
  id: 'send-1',
  name: 'Autumn sale',
  status: 'triggered',
  categories: [],
  send_at: '2026-11-10T09:00:00Z',
  is_abtest: true,
  abtest: {
    type: 'subject',
    winner_criteria: 'open',
    test_percentage: 50,
    duration: '4h',
    winning_template_id: 'd-1',
    winner_selected_at: '2026-11-10T13:00:00Z',
    expiration_date: null,
    ...abtest,
  },
  updated_at: '2026-11-10T13:00:00Z',
  created_at: '2026-11-01T00:00:00Z',
  ...changes,
});
const variation = (
  name: string,
  delivered: number,
  opens: number,
  clicks: number,
  phase = 'test',
): object => ({
  id: 'send-1',
  ab_variation: name,
  ab_phase: phase,
  aggregation: 'total',
  stats: { delivered, unique_opens: opens, unique_clicks: clicks, opens: opens * 2, requests: delivered },
});
const link = (ab_variation: string, url: string, clicks: number, ab_phase = 'test'): object => ({
  url,
  url_location: 0,
  ab_variation,
  ab_phase,
  clicks,
});

interface Account {
  readonly sends?: readonly object[];
  readonly stats?: readonly object[];
  readonly links?: readonly object[];
}

function accountOf({
  sends = [send()],
  stats = [
    variation('a', 1_000, 300, 50),
    variation('b', 1_000, 220, 60),
    variation('a', 8_000, 1, 1, 'send'),
  ],
  links = [],
}: Account = {}): (call: OperationCall) => unknown {
  return ({ operation }) => {
    switch (operation) {
      case 'listSingleSends':
        return { result: sends, _metadata: { self: 'x', count: sends.length } };
      case 'readSingleSendStats':
        return { results: stats, _metadata: {} };
      default:
        return { results: links, total_clicks: 0, _metadata: {} };
    }
  };
}

describe('sendgridAbTests', () => {
  it('gives the winner and the loser by the criterion of the test', () => {
    const links = [
      link('b', 'https://shop.example.com/a?user=ann', 4),
      link('b', 'https://shop.example.com/a', 3),
      link('b', 'https://shop.example.com/b', 9),
      link('b', 'https://shop.example.com/c', 99, 'send'),
    ];
    const { events, calls } = takeAll(sendgridAbTests(), accountOf({ links }));
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      item: 'send-1',
      event: 'AB Test Decided',
      properties: {
        singleSendId: 'send-1',
        name: 'Autumn sale',
        type: 'subject',
        criterion: 'open',
        sentAt: '2026-11-10T09:00:00Z',
        winner: { variation: 'a', delivered: 1_000, uniqueOpens: 300, rate: 0.3, links: [] },
        loser: {
          variation: 'b',
          rate: 0.22,
          links: [
            { url: 'https://shop.example.com/b', clicks: 9 },
            { url: 'https://shop.example.com/a', clicks: 7 },
          ],
        },
      },
      compared: { exactly: ['a', 'b'] },
    });
    expect(calls).toMatchObject([
      { operation: 'listSingleSends', request: { query: { page_size: '20' } } },
      {
        operation: 'readSingleSendStats',
        request: { path: { id: 'send-1' }, query: { start_date: '2026-11-10', end_date: '2026-11-21' } },
      },
      { operation: 'readSingleSendLinks' },
    ]);
  });

  it('goes by clicks when the test does', () => {
    const stats = [variation('a', 1_000, 300, 50), variation('b', 1_000, 220, 90)];
    const sends = [send({}, { winner_criteria: 'click' })];
    const { events } = takeAll(sendgridAbTests(), accountOf({ sends, stats }));
    expect(events[0]?.properties.winner).toMatchObject({ variation: 'b', rate: 0.09 });
  });

  it.each([
    ['a single send without a test', { sends: [send({ is_abtest: false, abtest: null })] }],
    ['one that is not sent', { sends: [send({ status: 'scheduled' })] }],
    ['one that is too old', { sends: [send({ send_at: '2026-09-01T00:00:00Z' })] }],
    ['one whose winner a person chooses', { sends: [send({}, { winner_criteria: 'manual' })] }],
    ['one whose winner is not chosen yet', { sends: [send({}, { winner_selected_at: null })] }],
    ['one with too few e-mails', { stats: [variation('a', 499, 300, 1), variation('b', 999, 1, 1)] }],
    [
      'one whose difference may be chance',
      { stats: [variation('a', 999, 300, 1), variation('b', 999, 280, 1)] },
    ],
    ['one with a single variation', { stats: [variation('a', 999, 300, 1)] }],
  ])('gives nothing for %s', (_what, account) => {
    expect(takeAll(sendgridAbTests(), accountOf(account)).events).toEqual([]);
  });

  it('asks for more of a difference where there are more variations', () => {
    const two = [variation('a', 1_000, 300, 1), variation('b', 1_000, 258, 1)];
    const three = [...two, variation('c', 1_000, 280, 1)];
    expect(takeAll(sendgridAbTests(), accountOf({ stats: two })).events).toHaveLength(1);
    expect(takeAll(sendgridAbTests(), accountOf({ stats: three })).events).toEqual([]);
  });

  it('reads all pages, a step each', () => {
    const { calls, states } = takeAll(sendgridAbTests(), ({ operation, request }) => {
      const isFirst = request.query?.page_token === undefined;
      const next = 'https://api.sendgrid.com/v3/marketing/singlesends?page_size=20&page_token=t2';
      return operation === 'listSingleSends'
        ? { result: [send({ id: isFirst ? 'send-1' : 'send-2' })], _metadata: isFirst ? { next } : {} }
        : accountOf()({ operation, request });
    });
    expect(states).toEqual([{ token: 't2' }]);
    expect(calls).toHaveLength(6);
  });

  it('passes over a single send that is deleted meanwhile', () => {
    const { events } = takeAll(sendgridAbTests(), (call) =>
      call.operation === 'readSingleSendStats' ? notFound : accountOf()(call),
    );
    expect(events).toEqual([]);
  });

  it('refuses options that cannot be used', () => {
    expect(() => sendgridAbTests({ confidence: 95 })).toThrow('sendgridAbTests: confidence');
    expect(() => sendgridAbTests({ minDelivered: 0 })).toThrow('sendgridAbTests: minDelivered');
  });
});

describe('the z-test for two proportions', () => {
  // From Python's math.erfc.
  it.each([
    [300, 1_000, 220, 1_000, 4.53785058e-5],
    [15, 100, 25, 100, 0.0770998717],
    [50, 1_000, 50, 1_000, 1],
  ])('%i of %i against %i of %i', (x, n, y, m, expected) => {
    const pValue = twoProportionPValue({ successes: x, trials: n }, { successes: y, trials: m });
    expect(pValue / expected).toBeCloseTo(1, 5);
  });

  it('finds nothing where all or none succeed', () => {
    expect(twoProportionPValue({ successes: 0, trials: 9 }, { successes: 0, trials: 9 })).toBe(1);
    expect(twoProportionPValue({ successes: 9, trials: 9 }, { successes: 9, trials: 9 })).toBe(1);
  });
});
