import { describe, expect, it } from 'vitest';
import { askMave } from '../../../functions/triggers/actions.ts';
import { compileTriggers, matchTriggers } from '../../../functions/triggers/matchTriggers.ts';
import { sourcesOf } from '../../../functions/triggers/sourcesOf.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';

const run = askMave(() => ({ message: 'Why?' }));
const bySegment: Trigger = { name: 'by-segment', when: 'type = "track"', run };
const bySendGrid: Trigger = { name: 'by-sendgrid', source: 'sendgrid', when: 'type = "track"', run };

describe('the open sources', () => {
  it('are those that triggers name, and Segment when a trigger names none', () => {
    expect(sourcesOf([bySegment, bySendGrid])).toEqual(new Set(['segment', 'sendgrid']));
    expect(sourcesOf([bySendGrid])).toEqual(new Set(['sendgrid']));
  });

  it('are Segment alone without any trigger, so that a new deployment can be connected', () => {
    expect(sourcesOf([])).toEqual(new Set(['segment']));
  });
});

describe('an event of a source', () => {
  it('is matched by the triggers of its source only', () => {
    const triggers = [bySegment, bySendGrid];
    const namesFor = (source: 'segment' | 'sendgrid' | 'segops'): readonly string[] =>
      matchTriggers(compileTriggers(triggers, source), 'default', { type: 'track' }).map(({ name }) => name);
    expect(namesFor('segment')).toEqual(['by-segment']);
    expect(namesFor('sendgrid')).toEqual(['by-sendgrid']);
    expect(namesFor('segops')).toEqual([]);
  });
});
