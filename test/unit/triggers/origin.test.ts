import { describe, expect, it } from 'vitest';
import { askMave } from '../../../functions/triggers/actions.ts';
import { compileTriggers, matchTriggers } from '../../../functions/triggers/matchTriggers.ts';
import { problemsOf, problemsWith, valid } from './problems.ts';

const run = askMave(() => ({ message: 'Why?' }));
const following = (name: string, followed: object): object => ({ name, after: followed, run });

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
