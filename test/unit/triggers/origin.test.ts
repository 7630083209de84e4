import { describe, expect, it } from 'vitest';
import { definePull } from '../../../functions/pulls/definePull.ts';
import { askMave } from '../../../functions/triggers/actions.ts';
import { compileTriggers, matchTriggers } from '../../../functions/triggers/matchTriggers.ts';
import { isPosted, sourceOf, sourcesOf } from '../../../functions/triggers/sourcesOf.ts';
import { problemsOf, problemsWith, valid } from './problems.ts';

const run = askMave(() => ({ message: 'Why?' }));
const following = (name: string, followed: object): object => ({ name, after: followed, run });

const pull = definePull({
  kind: 'people',
  source: 'segops',
  operations: ['listSegopsSegments'],
  start: 1,
  step: () => ({}),
});
const pulling = { when: undefined, from: pull, every: '7d' } as const;

describe('what starts a trigger', () => {
  it('is another trigger of the list', () => {
    const second = following('b', valid);
    expect(problemsOf([valid, second, following('c', second)])).toEqual([]);
    expect(problemsOf([following('c', second), second, valid])).toEqual([]);
  });

  it('is not both events and another trigger', () => {
    const other = { ...valid, name: 'a' };
    expect(problemsOf([other, { ...valid, after: other }])).toEqual([
      'trigger "plan-upgraded": after: a trigger has either when or after; remove one of them',
    ]);
  });

  it('is not another trigger and a route', () => {
    expect(problemsOf([valid, { ...following('b', valid), route: 'web' }])).toEqual([
      'trigger "b": route: a trigger with after reads no route; remove it',
    ]);
  });

  it('is the trigger itself and not its name', () => {
    expect(problemsWith({ when: undefined, after: 'churn-signal' })).toEqual([
      'after: expected a trigger, such as a constant made by trigger(…), got "churn-signal"',
    ]);
  });

  it('is a trigger that the list has', () => {
    expect(problemsOf([following('b', valid)])).toEqual([
      'trigger "b": after: there is no trigger "plan-upgraded" in defineTriggers; add it to the list',
    ]);
  });

  it('is never an event for a trigger that follows another', () => {
    const compiled = compileTriggers([{ name: 'b', after: valid, run }]);
    expect(matchTriggers(compiled, 'default', { type: 'track', event: 'plan_upgraded' })).toEqual([]);
  });
});

describe('a trigger that follows another', () => {
  const reports = { toSegment: { track: true }, toSegOps: { track: true } };

  it('may not report for one user what was collected of many, however far up the chain', () => {
    const all = { ...valid, name: 'all', collect: { within: '1h' } };
    const second = following('second', all);
    const third = { ...following('third', second), ...reports, collect: { per: 'user', within: '1h' } };
    const problem = `it follows "all", whose collected events of many users have no single user to report to; set collect.per of "all" to 'user' or a function`;
    expect(problemsOf([all, second, third])).toEqual([
      `trigger "third": toSegment: ${problem}`,
      `trigger "third": toSegOps: ${problem}`,
    ]);
    const perUser = { ...all, collect: { per: 'user', within: '1h' } };
    expect(problemsOf([perUser, second, third])).toEqual([]);
  });

  it('may not report events of SegOps, which have no user', () => {
    const first = { ...valid, name: 'first', source: 'segops' };
    expect(problemsOf([first, { ...following('b', first), ...reports }])).toEqual([
      'trigger "b": toSegment: it follows "first", and the events of SegOps have no user to report to; remove it',
      'trigger "b": toSegOps: it follows "first", and the events of SegOps have no user to report to; remove it',
    ]);
  });

  it('is checked beside things that are not triggers', () => {
    expect(problemsOf([null, { name: 'b', after: null, run, ...reports }])).toHaveLength(2);
  });
});

describe('triggers that follow one another in a circle', () => {
  it('are refused when one follows itself', () => {
    expect(problemsOf([following('a', { name: 'a' })])).toEqual([
      'trigger "a": after: the triggers follow one another in a circle: a after a',
    ]);
  });

  it('are refused by name when they come from several files', () => {
    const triggers = [
      following('a', { name: 'c' }),
      following('b', { name: 'a' }),
      following('c', { name: 'b' }),
    ];
    expect(problemsOf(triggers)).toEqual([
      'trigger "a": after: the triggers follow one another in a circle: a after c after b after a',
      'trigger "b": after: the triggers follow one another in a circle: b after a after c after b',
      'trigger "c": after: the triggers follow one another in a circle: c after b after a after c',
    ]);
  });

  it('are named alone, without those that follow the circle', () => {
    const triggers = [
      following('a', { name: 'b' }),
      following('b', { name: 'a' }),
      following('tail', { name: 'a' }),
    ];
    expect(problemsOf(triggers)).toHaveLength(2);
  });
});

describe('a pull that starts a trigger', () => {
  it('has a schedule, and may have a filter and bounds', () => {
    expect(problemsWith(pulling)).toEqual([]);
    const every = { cron: '0 9 ? * MON *', timeZone: 'Europe/Berlin' };
    const atMost = { runs: 5, credits: 1_000 };
    expect(problemsWith({ ...pulling, every, when: 'properties.n > 1', again: 'always', atMost })).toEqual(
      [],
    );
  });

  it.each([
    [{ every: undefined }, /^every: missing; set how often the pull starts/],
    [{ when: 'n >' }, /^when: /],
    [{ again: true }, /^again: expected 'always', or nothing; got true$/],
    [{ atMost: {} }, /^atMost: set runs or credits$/],
    [{ atMost: { runs: 0 } }, /^atMost.runs: expected a whole number of 1 or more, got 0$/],
    [{ atMost: { credits: -1 } }, /^atMost.credits: expected more than 0 credits, got -1$/],
    [{ atMost: { calls: 1, runs: 1 } }, /^atMost.calls: there is no such field/],
    [{ from: { kind: 'x' } }, /^from: expected a pull made by definePull/],
    [{ from: { ...pull, kind: '' } }, /^from: kind: expected 1 to 64 letters/],
    [{ from: { ...pull, source: 'mavera' } }, /^from: source: expected one of segment, sendgrid, segops/],
    [{ from: { ...pull, spaces: 'spa_1' } }, /^from: spaces: expected a list of ids of spaces, got "spa_1"/],
    [{ atMost: { run: 1 } }, /^atMost.run: there is no such field; the fields are runs, credits$/],
    [{ from: { ...pull, operations: ['drop'] } }, /^from: operations: there is no operation "drop"/],
    [
      { from: { ...pull, operations: ['createPersona'] } },
      /^from: operations: a pull cannot call createPersona; it may call readProfileTraits, /,
    ],
    [{ from: { ...pull, start: undefined } }, /^from: start: missing/],
    [{ from: { ...pull, start: () => 1 } }, /^from: start: expected what JSON can write/],
    [{ source: 'segops' }, /^source: a trigger with from reads no source; remove it$/],
    [{ route: 'web' }, /^route: a trigger with from reads no route; remove it$/],
    [{ cancelledBy: { when: 'type = "track"', per: 'user' } }, /^cancelledBy: events cancel only/],
    [{ after: valid }, /^after: a trigger has either from or after; remove one of them$/],
  ])('is refused with %j', (changes, problem) => {
    expect(problemsWith({ ...pulling, ...changes })[0]).toMatch(problem);
  });

  it('leaves its fields to triggers that pull', () => {
    expect(problemsWith({ every: '7d' })).toEqual(['every: only a trigger with from has it; remove it']);
  });

  it('opens no source, and no posted event matches it', () => {
    const trigger = { name: 'pulls', from: pull, every: '7d', when: 'type = "track"', run } as const;
    expect(sourceOf(trigger)).toBe('segops');
    expect(isPosted({ after: trigger })).toBe(false);
    expect(sourcesOf([trigger, valid])).toEqual(new Set(['segment']));
    expect(matchTriggers(compileTriggers([trigger], 'segops'), 'default', { type: 'track' })).toEqual([]);
  });
});

describe('a pull that catches up with a source', () => {
  const catching = { source: 'segops', catchUp: { from: pull, every: '1h' } } as const;

  it('belongs to a trigger of the same source', () => {
    expect(problemsWith(catching)).toEqual([]);
    expect(problemsWith({ ...catching, source: 'sendgrid' })).toEqual([
      "catchUp: it reads segops, and the trigger's source is sendgrid",
    ]);
  });

  it.each([
    [{ route: ['a', 'b'] }, 'catchUp: its events need one route to enter by; set route to one name'],
    [{ catchUp: { from: pull, every: '1x' } }, /^catchUp.every: expected whole minutes/],
    [{ catchUp: { from: pull, every: '1h', when: '' } }, /^catchUp.when: there is no such field/],
    [{ catchUp: null }, /^catchUp.from: expected a pull made by definePull/],
  ])('is refused with %j', (changes, problem) => {
    expect(problemsWith({ ...catching, ...changes })[0]).toMatch(problem);
  });
});
