import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  creditsFieldIn,
  idFieldIn,
  meaningOf,
  statusFieldIn,
} from '../../../cli/connect/mavera/focusGroupFields.ts';
import { merged, shapeOf } from '../../../cli/connect/mavera/shapeOf.ts';

describe('the shape of an answer', () => {
  it.each([
    ['a string', 'Ann', 'string'],
    ['a moment', '2026-11-29T12:00:00.000Z', 'moment'],
    ['null', null, 'null'],
    ['an empty list', [], []],
    ['a list, merged', [{ a: 1 }, { a: 'x', b: true }], [{ a: 'number | string', b: 'boolean' }]],
    ['a member that may be absent', [{ a: null }, { a: { b: 1 } }], [{ a: { b: 'number' } }]],
    [
      'names that are data',
      { clx1abc2d0001abcdef123456: 1, 'ann@example.com': 2, '42': 'x', Ann: 3 },
      { '<key>': 'number | string' },
    ],
    [
      'names of members',
      { persona_ids: ['p'], createdAt: 1, q1: 'x' },
      { persona_ids: ['string'], createdAt: 'number', q1: 'string' },
    ],
  ])('is that of %s', (_what, value, shape) => {
    expect(shapeOf(value)).toEqual(shape);
  });

  it('has no value of the answer, whatever the answer', () => {
    const secret = 'secret-value-of-a-person';
    const letrec = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(secret, null, true, 3.5),
        fc.array(tie('json'), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom('name', 'scores', 'ann@example.com', `Of ${secret}`), tie('json'), {
          maxKeys: 4,
        }),
      ),
    }));
    fc.assert(
      fc.property(letrec.json, letrec.json, (one, other) => {
        const text = JSON.stringify(merged(shapeOf(one), shapeOf(other)));
        expect(text).not.toMatch(/secret-value|example\.com|3\.5/);
      }),
    );
  });
});

describe('the members that tell of a focus group', () => {
  it('are found at the top, and in the members that APIs put their objects into', () => {
    expect(idFieldIn({ id: 'fg_1' })).toBe('id');
    expect(idFieldIn({ data: { focus_group_id: 'fg_1' } })).toBe('data.focus_group_id');
    expect(statusFieldIn({ status: 3, focus_group: { state: 'READY' } })).toBe('focus_group.state');
    expect(creditsFieldIn({ credits_charged: 61 })).toBe('credits_charged');
    expect(creditsFieldIn({ usage: { credits_used: null }, data: { credits_used: 3 } })).toBe(
      'data.credits_used',
    );
    expect([idFieldIn({}), statusFieldIn(undefined), creditsFieldIn([])]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('have a status only if it is a word: other values are not shown', () => {
    expect(statusFieldIn({ status: 'Ann Smith, 42' })).toBeUndefined();
  });

  it.each([
    ['running', ['pending', 'PROCESSING', 'generating', 'in_progress', 'queued', 'created']],
    ['done', ['completed', 'COMPLETE', 'Ready', 'succeeded', 'finished']],
    ['failed', ['failed', 'ERROR', 'canceled', 'expired', 'completed_with_errors']],
    ['unknown', ['purple', 'stage two']],
  ] as const)('mean %s: %j', (meaning, statuses) => {
    expect(statuses.map(meaningOf)).toEqual(statuses.map(() => meaning));
  });
});
