import { describe, expect, it } from 'vitest';
import { problemsWith } from './problems.ts';

const aFunction = (): string => 'a key';

describe('limits that can be used', () => {
  it.each([
    { staleAfter: '90s' },
    { staleAfter: '7d' },
    { sample: 1 },
    { sample: 0.25 },
    { sample: 1e-9 },
    { weight: 1 },
    { weight: 0.01 },
    { weight: 100 },
    { cooldown: { per: 'user', for: '24h' } },
    { cooldown: { per: 'group', for: '0.5h' } },
    { cooldown: { per: aFunction, for: '7d' } },
    { collect: { within: '1s' } },
    { collect: { within: '14d', count: 2 } },
    { collect: { within: '1h', count: 1_000, per: 'user' } },
    { collect: { within: '1h', per: aFunction } },
    { budget: { credits: 0.5, per: 'day' } },
    { budget: { credits: 500, per: 'month', whenSpent: 'wait' } },
    { budget: { credits: 500, per: 'month', whenSpent: 'skip' } },
    { approve: { above: 0 } },
    { approve: { above: 299.5 } },
    { cancelledBy: { when: 'type = "track" and event = "Renewed"', per: 'user' } },
    { cancelledBy: { when: 'type = "page"', per: aFunction } },
    { toSegment: {} },
    { toSegment: { track: true } },
    { toSegment: { track: false, identify: () => undefined } },
    { toSegOps: { track: true, identify: aFunction } },
    { staleAfter: undefined, sample: undefined, weight: undefined, cooldown: undefined, collect: undefined },
    { budget: undefined, approve: undefined, cancelledBy: undefined, toSegment: undefined },
  ])('are accepted: %j', (limits) => {
    expect(problemsWith(limits)).toEqual([]);
  });
});

describe('staleAfter', () => {
  it.each([
    ['24', '"24"'],
    ['24 h', '"24 h"'],
    ['0s', '"0s"'],
    ['-1h', '"-1h"'],
    ['0.0001s', '"0.0001s"'],
    [3_600_000, '3600000'],
    [null, 'null'],
    [{}, '{}'],
  ])('is refused when it is not a duration: %j', (staleAfter, shown) => {
    expect(problemsWith({ staleAfter })).toEqual([
      `staleAfter: expected a duration such as 90s, 24h or 7d, got ${shown}`,
    ]);
  });
});

describe('sample', () => {
  it.each([
    [0, '0'],
    [-0.5, '-0.5'],
    [1.01, '1.01'],
    [25, '25'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    ['0.25', '"0.25"'],
    ['25%', '"25%"'],
    [null, 'null'],
    [true, 'true'],
    [aFunction, String(aFunction)],
  ])('is refused when it is not a number above 0, up to 1: %j', (sample, shown) => {
    expect(problemsWith({ sample })).toEqual([`sample: expected a number above 0, up to 1, got ${shown}`]);
  });
});

describe('weight', () => {
  it.each([
    [0, '0'],
    [-1, '-1'],
    [100.01, '100.01'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    ['3', '"3"'],
    [null, 'null'],
    [true, 'true'],
  ])('is refused when it is not a number above 0, up to 100: %j', (weight, shown) => {
    expect(problemsWith({ weight })).toEqual([`weight: expected a number above 0, up to 100, got ${shown}`]);
  });
});

describe('cooldown', () => {
  it.each([
    ['24h', '"24h"'],
    [null, 'null'],
    [24, '24'],
  ])('is refused when it is not an object: %j', (cooldown, shown) => {
    expect(problemsWith({ cooldown })).toEqual([`cooldown: expected an object with per, for, got ${shown}`]);
  });

  it('needs a key and a duration', () => {
    expect(problemsWith({ cooldown: {} })).toEqual(['cooldown.per: missing', 'cooldown.for: missing']);
    expect(problemsWith({ cooldown: { for: '24h' } })).toEqual(['cooldown.per: missing']);
    expect(problemsWith({ cooldown: { per: 'user' } })).toEqual(['cooldown.for: missing']);
  });

  it.each([
    ['users', '"users"'],
    ['userId', '"userId"'],
    ['', '""'],
    [null, 'null'],
    [['user'], '["user"]'],
  ])('is refused per %j', (per, shown) => {
    expect(problemsWith({ cooldown: { per, for: '24h' } })).toEqual([
      `cooldown.per: expected 'user', 'group' or a function of the event, got ${shown}`,
    ]);
  });

  it.each(['24', 'a day', 24])('is refused for %j', (length) => {
    expect(problemsWith({ cooldown: { per: 'user', for: length } })).toEqual([
      `cooldown.for: expected a duration such as 90s, 24h or 7d, got ${JSON.stringify(length)}`,
    ]);
  });

  it('is refused with an unknown field', () => {
    expect(problemsWith({ cooldown: { per: 'user', for: '24h', key: 'x' } })).toEqual([
      'cooldown.key: there is no such field; the fields are per, for',
    ]);
  });
});

describe('collect', () => {
  it('needs a duration', () => {
    expect(problemsWith({ collect: {} })).toEqual(['collect.within: missing']);
    expect(problemsWith({ collect: 10 })).toEqual([
      'collect: expected an object with per, count, within, tally, got 10',
    ]);
  });

  it.each(['15d', '14.001d', '337h', '0s', '14', '', null])('is refused within %j', (within) => {
    expect(problemsWith({ collect: { within } })).toEqual([
      `collect.within: expected a duration of up to 14d, such as 24h, got ${JSON.stringify(within)}`,
    ]);
  });

  it.each([
    [0, '0'],
    [1, '1'],
    [1_001, '1001'],
    [2.5, '2.5'],
    [Number.NaN, 'NaN'],
    ['10', '"10"'],
    [10n, '10'],
    [null, 'null'],
  ])('is refused with a count of %s', (count, shown) => {
    expect(problemsWith({ collect: { within: '1h', count } })).toEqual([
      `collect.count: expected a whole number from 2 to 1,000, got ${shown}`,
    ]);
  });

  it('takes up to a million events where it counts them', () => {
    const tally = (): string => 'phone';
    expect(problemsWith({ collect: { within: '1h', tally } })).toEqual([]);
    expect(problemsWith({ collect: { within: '1h', tally, count: 1_000_000 } })).toEqual([]);
    expect(problemsWith({ collect: { within: '1h', tally, count: 1_000_001 } })).toEqual([
      'collect.count: expected a whole number from 2 to 1,000,000, got 1000001',
    ]);
  });

  it.each(['phone', ['phone'], null, 1])('is refused with a tally that is no function: %j', (tally) => {
    expect(problemsWith({ collect: { within: '1h', tally } })).toEqual([
      `collect.tally: expected a function of the event, such as deviceOf, got ${JSON.stringify(tally)}`,
    ]);
  });

  it('is refused with a tally where it would need results', () => {
    const after = { name: 'first' };
    expect(problemsWith({ after, when: undefined, collect: { within: '1h', tally: () => 'a' } })).toContain(
      'collect.tally: a trigger with after collects results, and counters do not keep them; remove tally or after',
    );
  });

  it('is refused when it is null, also where its results are reported', () => {
    expect(problemsWith({ collect: null, toSegment: { track: true } })).toEqual([
      'collect: expected an object with per, count, within, tally, got null',
    ]);
  });

  it('is refused with a wrong key, and with an unknown field', () => {
    expect(problemsWith({ collect: { within: '1h', per: 'all', max: 10 } })).toEqual([
      'collect.max: there is no such field; the fields are per, count, within, tally',
      `collect.per: expected 'user', 'group' or a function of the event, got "all"`,
    ]);
  });
});

describe('budget', () => {
  it('needs credits and a period', () => {
    expect(problemsWith({ budget: {} })).toEqual(['budget.credits: missing', 'budget.per: missing']);
    expect(problemsWith({ budget: 500 })).toEqual([
      'budget: expected an object with credits, per, whenSpent, got 500',
    ]);
  });

  it.each([
    [0, '0'],
    [-1, '-1'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NaN, 'NaN'],
    ['500', '"500"'],
    [null, 'null'],
  ])('is refused with %s credits', (credits, shown) => {
    expect(problemsWith({ budget: { credits, per: 'day' } })).toEqual([
      `budget.credits: expected more than 0 credits, got ${shown}`,
    ]);
  });

  it.each(['week', 'days', '1d', 30, null])('is refused per %j', (per) => {
    expect(problemsWith({ budget: { credits: 1, per } })).toEqual([
      `budget.per: expected 'day' or 'month', got ${JSON.stringify(per)}`,
    ]);
  });

  it.each(['fail', true, null])('is refused with whenSpent %j', (whenSpent) => {
    expect(problemsWith({ budget: { credits: 1, per: 'day', whenSpent } })).toEqual([
      `budget.whenSpent: expected 'wait' or 'skip', got ${JSON.stringify(whenSpent)}`,
    ]);
  });
});

describe('approve', () => {
  it.each([
    [-1, '-1'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    ['100', '"100"'],
    [null, 'null'],
    [true, 'true'],
  ])('is refused above %s', (above, shown) => {
    expect(problemsWith({ approve: { above } })).toEqual([
      `approve.above: expected 0 credits or more, got ${shown}`,
    ]);
  });

  it('needs the credits', () => {
    expect(problemsWith({ approve: {} })).toEqual(['approve.above: missing']);
    expect(problemsWith({ approve: 100 })).toEqual(['approve: expected an object with above, got 100']);
    expect(problemsWith({ approve: true })).toEqual(['approve: expected an object with above, got true']);
  });

  it('is refused with an unknown field', () => {
    expect(problemsWith({ approve: { above: 100, by: 'ann' } })).toEqual([
      'approve.by: there is no such field; the fields are above',
    ]);
  });
});

describe('cancelledBy', () => {
  const renewed = 'type = "track" and event = "Renewed"';

  it('needs a filter and a key', () => {
    expect(problemsWith({ cancelledBy: {} })).toEqual([
      'cancelledBy.when: missing',
      'cancelledBy.per: missing',
    ]);
    expect(problemsWith({ cancelledBy: renewed })).toEqual([
      `cancelledBy: expected an object with when, per, got ${JSON.stringify(renewed)}`,
    ]);
    expect(problemsWith({ cancelledBy: null })).toEqual([
      'cancelledBy: expected an object with when, per, got null',
    ]);
  });

  it.each(['', ' ', 5, null])('is refused when %j is its filter', (when) => {
    expect(problemsWith({ cancelledBy: { when, per: 'user' } })).toEqual([
      `cancelledBy.when: expected a filter such as 'type = "track" and event = "plan_upgraded"'`,
    ]);
  });

  it('is refused for a filter that Segment would misread', () => {
    const [problem] = problemsWith({ cancelledBy: { when: "event = 'Renewed'", per: 'user' } });
    expect(problem).toMatch(/^cancelledBy\.when: 'Renewed' is in single quotes.*\(in: event = 'Renewed'\)$/);
  });

  it('is refused for an unknown key', () => {
    expect(problemsWith({ cancelledBy: { when: renewed, per: 'account' } })).toEqual([
      `cancelledBy.per: expected 'user', 'group' or a function of the event, got "account"`,
    ]);
  });

  it('is refused when each event would cancel its own run', () => {
    expect(problemsWith({ when: renewed, cancelledBy: { when: renewed, per: 'user' } })).toEqual([
      'cancelledBy.when: it is the same filter as when, so that each event would cancel its own run',
    ]);
  });

  it('cannot be combined with collect', () => {
    expect(problemsWith({ collect: { within: '1h' }, cancelledBy: { when: renewed, per: 'user' } })).toEqual([
      'cancelledBy: it cannot be combined with collect, because one run is made for many events; remove one of them',
    ]);
  });
});

describe.each(['toSegment', 'toSegOps'])('%s', (field) => {
  it.each([true, 'track'])('is refused when it is not an object: %j', (report) => {
    expect(problemsWith({ [field]: report })).toEqual([
      `${field}: expected an object with track, identify, got ${JSON.stringify(report)}`,
    ]);
  });

  it.each(['yes', 1, null])('is refused with a track of %j', (track) => {
    expect(problemsWith({ [field]: { track } })).toEqual([
      `${field}.track: expected true or false, got ${JSON.stringify(track)}`,
    ]);
  });

  it.each([true, { plan: 'pro' }])('is refused with an identify of %j', (identify) => {
    expect(problemsWith({ [field]: { identify } })).toEqual([
      `${field}.identify: expected a function of { event, result, trigger }, got ${JSON.stringify(identify)}`,
    ]);
  });

  it('is refused with an unknown field', () => {
    expect(problemsWith({ [field]: { group: aFunction } })).toEqual([
      `${field}.group: there is no such field; the fields are track, identify`,
    ]);
  });

  it('is refused where events have no user', () => {
    expect(problemsWith({ source: 'segops', [field]: { track: true } })).toEqual([
      `${field}: the events of SegOps have no user to report to; remove it`,
    ]);
    expect(problemsWith({ source: 'sendgrid', [field]: { track: true } })).toEqual([]);
  });
});

describe('limits with several mistakes', () => {
  it('are refused with all of them at once', () => {
    expect(problemsWith({ sample: 2, staleAfter: 'soon', budget: { credits: 0, per: 'year' } })).toEqual([
      'staleAfter: expected a duration such as 90s, 24h or 7d, got "soon"',
      'sample: expected a number above 0, up to 1, got 2',
      'budget.credits: expected more than 0 credits, got 0',
      `budget.per: expected 'day' or 'month', got "year"`,
    ]);
  });
});
