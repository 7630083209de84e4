import { describe, expect, it } from 'vitest';
import { sentWork } from '../../../functions/run/sentWork.ts';
import { askMave, createPersona, runFocusGroup } from '../../../functions/triggers/actions.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';

const asks: Trigger = { name: 'asks', when: 'event = "x"', run: askMave(() => ({ message: 'Why?' })) };
const groups: Trigger = {
  name: 'groups',
  when: 'event = "x"',
  run: runFocusGroup(() => ({ workspace_id: 'ws_1' }), { timeout: '3h' }),
};
const pending = { id: 'fg_1', sinceMs: 1_000 };
const question = { method: 'POST', path: '/mave/chat', body: { message: 'Why?' } };

describe('what an earlier delivery has sent', () => {
  it('is nothing if no call was made, or each was answered', () => {
    expect(sentWork({}, undefined, asks)).toBeUndefined();
    expect(sentWork({}, question, asks)).toBeUndefined();
  });

  it('is the focus group that Mavera is working on, polled as its trigger says', () => {
    expect(sentWork({ pending, lostCallAtMs: 5 }, undefined, groups)).toMatchObject({
      kind: 'pending',
      pending,
      performer: { kind: 'runFocusGroup' },
      action: groups.run,
    });
  });

  it.each([
    ['has another action now', asks],
    ['is gone', undefined],
  ])('is polled with the defaults if its trigger %s', (_what, trigger) => {
    const sent = sentWork({ pending }, undefined, trigger);
    expect(sent).toMatchObject({ kind: 'pending', pending, action: { kind: 'runFocusGroup' } });
    expect(sent?.kind === 'pending' && sent.action).not.toBe(trigger?.run);
  });

  it.each([
    ['a question', question, 'askMave'],
    ['a persona', { method: 'POST', path: '/personas', body: { name: 'A VIP' } }, 'createPersona'],
    ['a focus group', { method: 'POST', path: '/focus-groups', body: { name: 'Why' } }, 'runFocusGroup'],
  ])('is %s whose answer was lost, whatever its trigger says now', (_what, request, kind) => {
    for (const trigger of [asks, groups, undefined]) {
      expect(sentWork({ lostCallAtMs: 5 }, request, trigger)).toMatchObject({
        kind: 'lost',
        lostCallAtMs: 5,
        performer: { kind },
        request,
      });
    }
  });

  it('is a call that began at the epoch, too', () => {
    expect(sentWork({ lostCallAtMs: 0 }, question, asks)).toMatchObject({ kind: 'lost', lostCallAtMs: 0 });
  });

  it.each([
    ['is gone', undefined],
    ['is not an object', 'POST /mave/chat'],
    ['has a method of no action', { ...question, method: 'DELETE' }],
    ['has no path', { method: 'POST', body: {} }],
    ['has a body that is a list', { ...question, body: [] }],
    ['is of no action', { ...question, path: '/unknown' }],
  ])('is unknown if the request that was kept %s', (_what, request) => {
    const trigger = { ...asks, run: createPersona(() => ({ name: 'A VIP' })) };
    expect(sentWork({ lostCallAtMs: 5 }, request, trigger)).toEqual({ kind: 'unknown' });
  });
});
