import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainReason, type Reason, reasons } from '../../../functions/run/reasons.ts';

const entries = Object.entries(reasons);

describe('the sentence of each reason', () => {
  it.each(entries)('the sentence of a reason is a sentence for people: %s', (_reason, sentence) => {
    expect(sentence).toMatch(/^[A-Z].*[^.]\.$/);
    expect(sentence).not.toMatch(/\s{2}|^\s|\s$/);
  });

  it('each reason has a sentence of its own', () => {
    expect(new Set(Object.values(reasons)).size).toBe(entries.length);
  });

  it.each(entries)('a reason is explained by its sentence: %s', (reason, sentence) => {
    expect(explainReason(reason)).toBe(sentence);
  });
});

describe('the word of each reason', () => {
  it.each(Object.keys(reasons))('a reason is a word that logs, metrics and queues accept: %s', (reason) => {
    expect(reason).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
  });

  it('a misspelt reason does not compile', () => {
    const known: readonly Reason[] = ['pace', 'cooldown', 'mavera_503'];
    // @ts-expect-error: this reason does not exist
    const unknown: Reason = 'pacee';
    // @ts-expect-error: a status is a number
    const noStatus: Reason = 'mavera_busy';
    expect([...known, unknown, noStatus].map(explainReason)).toHaveLength(5);
  });
});

describe('the reason of a status', () => {
  it.each([
    ['mavera_400', 'Mavera answered 400, the request is not valid.'],
    ['mavera_402', 'Mavera answered 402, the account has no credits or its budget is spent.'],
    ['mavera_503', 'Mavera answered 503, it is unavailable for now.'],
  ])('the reason of a known status says what the status means: %s', (reason, sentence) => {
    expect(explainReason(reason)).toBe(sentence);
  });

  it('the reason of an unknown status names only the status', () => {
    expect(explainReason('mavera_418')).toBe('Mavera answered 418.');
  });

  it('the reason of every status is one sentence', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), (status) => {
        expect(explainReason(`mavera_${status}`)).toMatch(
          new RegExp(`^Mavera answered ${status}(?:, [^.]+)?\\.$`),
        );
      }),
    );
  });
});

describe('a reason that this version does not know', () => {
  it.each([
    '',
    'sunspots',
    'done',
    'mavera_',
    'mavera_12',
    'mavera_1234',
    'toString',
    'constructor',
    '__proto__',
  ])('a reason of another version is shown unchanged: %j', (reason) => {
    expect(explainReason(reason)).toBe(reason);
  });
});
