import { describe, expect, it } from 'vitest';
import type { Step } from '../../../cli/connect/plan/planConnection.ts';
import { waitBeforeUse } from '../../../cli/connect/secret/waitBeforeUse.ts';

const nowMs = 1_000_000;
const justNow = { changedAtMs: nowMs - 5_000 };
const update = (...changes: readonly string[]): Step => ({
  what: 'x',
  action: 'update',
  changes,
  call: { kind: 'changeMapping', id: 'x', body: {} },
});
const create: Step = { what: 'x', action: 'create', changes: [], call: { kind: 'createMapping', body: {} } };

describe('a secret that was just changed', () => {
  it.each([
    ['the shared secret of a destination that is there', [update('enabled', 'sharedSecret')], false, 70_000],
    ['the token of a mapping that is there', [update('headers')], false, 70_000],
    ['a new mapping whose batches need the token', [create], true, 70_000],
    ['a new mapping whose batches are signed as a whole', [create], false, 0],
    ['a filter', [update('trigger')], true, 0],
    ['nothing', [], true, 0],
  ])('is waited for before it is used: %s', (_name, steps, isTokenAlone, waitMs) => {
    expect(waitBeforeUse(steps, justNow, isTokenAlone, nowMs)).toBe(waitMs);
  });

  it('is known to every receiver after 75 seconds', () => {
    expect(waitBeforeUse([update('headers')], { changedAtMs: nowMs - 75_000 }, true, nowMs)).toBe(0);
  });
});
