import { describe, expect, it } from 'vitest';
import { askMave, createPersona } from '../../../functions/triggers/actions.ts';
import { defineTriggers } from '../../../functions/triggers/defineTriggers.ts';
import type { StartedTrigger, Trigger } from '../../../functions/triggers/trigger.ts';
import { problemsOf, valid } from './problems.ts';

describe('triggers that can be used', () => {
  it('are returned as they were given', () => {
    const triggers = [valid, { ...valid, name: 'second', run: createPersona(() => ({ name: 'Ann' })) }];
    expect(defineTriggers(triggers)).toBe(triggers);
  });

  it('may be an empty list', () => {
    expect(defineTriggers([])).toEqual([]);
  });

  it.each(['a', '7', 'ab', 'plan-upgraded', 'a--b', 'x'.repeat(64), '2024-trials'])(
    'may be named %s',
    (name) => {
      expect(() => defineTriggers([{ ...valid, name }])).not.toThrow();
    },
  );

  it.each(['e', 'eu', ['eu'], ['eu', 'US_2'], 'a'.repeat(64)])('may have the route %j', (route) => {
    expect(() => defineTriggers([{ ...valid, route }])).not.toThrow();
  });

  it.each([0, 0.5, 300])('may estimate %d credits', (estimatedCredits) => {
    const estimated = askMave(() => ({ message: 'Why?' }), { estimatedCredits });
    expect(() => defineTriggers([{ ...valid, run: estimated }])).not.toThrow();
  });

  it('may use every field', () => {
    const everything: Trigger = {
      ...valid,
      route: ['eu', 'us'],
      staleAfter: '7d',
      sample: 0.25,
      weight: 3,
      cooldown: { per: 'user', for: '24h' },
      collect: { per: 'user', count: 100, within: '24h' },
      budget: { credits: 500, per: 'month', whenSpent: 'skip' },
      toSegment: { track: true, identify: ({ result }) => ({ mavera: result.content }) },
      toSegOps: { track: true, identify: ({ result }) => ({ mavera: result.content }) },
    };
    expect(problemsOf([everything])).toEqual([]);
  });

  it.each([{ within: '24h' } as const, { per: 'group', within: '24h' } as const])(
    'may not report the result of many users as the result of one: %o',
    (collect) => {
      const reports = { toSegment: { track: true }, toSegOps: { track: true } };
      expect(problemsOf([{ ...valid, collect, ...reports }])).toEqual([
        expect.stringContaining('toSegment: the events of many users have no single user to report to'),
        expect.stringContaining('toSegOps: the events of many users have no single user to report to'),
      ]);
      const byCompany = { ...collect, per: () => 'a company' };
      expect(problemsOf([{ ...valid, collect: byCompany, ...reports }])).toEqual([]);
    },
  );
});

describe('a trigger that cannot be used', () => {
  it.each([
    ['', 'trigger 1: name: '],
    [undefined, 'trigger 1: name: '],
    [5, 'trigger 1: name: '],
    ['Plan', 'trigger "Plan": name: '],
    ['plan_upgraded', 'trigger "plan_upgraded": name: '],
    ['plan upgraded', 'trigger "plan upgraded": name: '],
    ['-plan', 'trigger "-plan": name: '],
    ['plan-', 'trigger "plan-": name: '],
    ['é', 'trigger "é": name: '],
    ['x'.repeat(65), `trigger "${'x'.repeat(65)}": name: `],
    ['plan\n', 'trigger "plan\n": name: '],
  ])('is named %j: the problem names trigger and field, and says what a name is', (name, beginning) => {
    const problems = problemsOf([{ ...valid, name }]);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.startsWith(beginning)).toBe(true);
    expect(problems[0]).toContain('1 to 64 characters of a-z, 0-9 and -');
    expect(problems[0]).toContain(`got ${JSON.stringify(name)}`);
  });

  it.each(['-plan', 'plan-'])(
    'is named %s: the problem says that - may not be at the beginning or end',
    (name) => {
      expect(problemsOf([{ ...valid, name }])[0]).toMatch(/begin|start/);
    },
  );

  it('has the name of another', () => {
    expect(problemsOf([valid, { ...valid, name: 'other' }, valid])).toEqual([
      'trigger "plan-upgraded": name: two triggers have this name; each needs a name of its own',
    ]);
  });

  it('has no name, like another one: each has only that problem', () => {
    const nameless = { ...valid, name: undefined };
    const problem = expect.stringMatching(/^trigger \d: name: expected .* got undefined$/);
    expect(problemsOf([nameless, nameless])).toEqual([problem, problem]);
  });

  it.each([undefined, '', '  ', 5, null])('has the filter %j: the problem shows one', (when) => {
    expect(problemsOf([{ ...valid, when }])).toEqual([
      'trigger "plan-upgraded": when: expected a filter such as \'type = "track" and event = "plan_upgraded"\'',
    ]);
  });

  it('has a filter in single quotes: the problem has the filter and the fix', () => {
    const [problem] = problemsOf([{ ...valid, when: "type = 'track'" }]);
    expect(problem).toMatch(/^trigger "plan-upgraded": when: 'track' is in single quotes/);
    expect(problem).toContain('write "track"');
    expect(problem).toContain("(in: type = 'track')");
  });

  it.each(['', 'a/b', 'ä', 'a b', 'x'.repeat(65), 5, null, [], ['eu', ''], ['eu', 5], {}])(
    'has the route %j',
    (route) => {
      const [problem] = problemsOf([{ ...valid, route }]);
      expect(problem).toMatch(/^trigger "plan-upgraded": route: expected a path segment/);
      expect(problem).toContain(`got ${JSON.stringify(route)}`);
    },
  );

  it.each([undefined, null, 5, 'askMave'])('runs %j: the problem shows an action', (action) => {
    const [problem] = problemsOf([{ ...valid, run: action }]);
    expect(problem).toMatch(/^trigger "plan-upgraded": run: expected an action, such as askMave\(/);
  });

  it.each([
    {},
    { kind: 'askMave' },
    { build: () => ({}) },
    { kind: 5, build: () => ({}) },
    { kind: 'singSong', build: () => ({}) },
    { kind: 'constructor', build: () => ({}) },
  ])('runs an action that was not made by a function of this package: %j', (action) => {
    expect(problemsOf([{ ...valid, run: action }])).toEqual([
      'trigger "plan-upgraded": run: expected an action made by askMave, createPersona, updatePersona, respondAs, runFocusGroup, with a function that builds the request',
    ]);
  });

  it('runs a function instead of an action', () => {
    const [problem] = problemsOf([{ ...valid, run: () => ({ message: 'Why?' }) }]);
    expect(problem).toMatch(/^trigger "plan-upgraded": run: expected an action/);
  });

  it.each([
    ['-1', -1],
    ['"50"', '50'],
    ['null', null],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
  ])('estimates %s credits: the problem has the value', (shown, estimatedCredits) => {
    const action = { ...valid.run, estimatedCredits };
    expect(problemsOf([{ ...valid, run: action }])).toEqual([
      `trigger "plan-upgraded": run.estimatedCredits: expected 0 credits or more, got ${shown}`,
    ]);
  });

  it('has a value that JSON cannot write: the problem has its type', () => {
    const ownMember: Record<string, unknown> = {};
    ownMember.self = ownMember;
    for (const sample of [ownMember, { credits: 5n }, { toJSON: () => Object.assign(null as never, {}) }]) {
      expect(problemsOf([{ ...valid, sample }])).toEqual([
        'trigger "plan-upgraded": sample: expected a number above 0, up to 1, got a value of type object that cannot be shown',
      ]);
    }
  });

  it('names a source that there is not', () => {
    expect(problemsOf([{ ...valid, source: 'mailgun' }])).toEqual([
      'trigger "plan-upgraded": source: expected one of segment, sendgrid, segops, got "mailgun"',
    ]);
  });

  it('has an unknown field, such as a misspelt one', () => {
    expect(problemsOf([{ ...valid, wen: 'type = "track"' }])).toEqual([
      'trigger "plan-upgraded": wen: there is no such field; the fields are name, source, when, route, catchUp, from, every, again, atMost, after, with, only, run, staleAfter, sample, weight, cooldown, collect, budget, approve, cancelledBy, toSegment, toSegOps',
    ]);
    expect(problemsOf([{ ...valid, run: { ...valid.run, credits: 5 } }])).toEqual([
      'trigger "plan-upgraded": run.credits: there is no such field; the fields are kind, build, estimatedCredits, thread',
    ]);
  });

  it.each([null, undefined, 'plan-upgraded', 5])(
    'is %j: the problem has its place in the list',
    (trigger) => {
      expect(problemsOf([valid, trigger])).toEqual(['trigger 2: expected an object with name, when and run']);
    },
  );
});

describe('a triggers file that cannot be used', () => {
  it('is refused with all of its problems at once, one on each line', () => {
    const triggers = [{ ...valid, when: "type = 'track'" }, { name: 'B' }, null];
    const problems = problemsOf(triggers);
    expect(problems).toHaveLength(5);
    try {
      defineTriggers(triggers as unknown as readonly StartedTrigger[]);
    } catch (error) {
      expect(String(error)).toBe(
        `InvalidTriggersError: The triggers cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
      );
    }
  });

  it.each([undefined, null, {}, 'triggers', valid])('is refused when it is not a list: %j', (triggers) => {
    expect(problemsOf(triggers)).toEqual(['defineTriggers takes an array of triggers']);
  });
});
