import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortened, shortenedJson } from '../../../functions/ledger/shortened.ts';
import { anyJson, anyObject, anyText } from '../jsonArbitrary.ts';

const mark = ' […cut]';
const bytesOf = (json: string): number => Buffer.byteLength(json);

describe('JSON of a value that is small enough', () => {
  it('JSON is written whole when it is short enough', () => {
    fc.assert(
      fc.property(fc.oneof(anyObject, fc.array(anyJson)), (value) => {
        const json = JSON.stringify(value);
        expect(shortenedJson(value, bytesOf(json))).toBe(json);
      }),
    );
  });
});

describe('JSON of a value that is too large', () => {
  it('JSON that is too long has its longest texts cut and marked, and all others whole', () => {
    const value = { content: 'x'.repeat(5_000), title: 'A study', sources: [{ url: 'https://example.com' }] };
    const json = shortenedJson(value, 1_000);
    expect(bytesOf(json)).toBeLessThanOrEqual(1_000);
    const { content, ...rest } = JSON.parse(json) as typeof value;
    expect(content).toMatch(/^x+ \[…cut\]$/);
    expect(content.length).toBeGreaterThan(100);
    expect(rest).toEqual({ title: 'A study', sources: [{ url: 'https://example.com' }] });
  });

  it('texts in lists are cut as well', () => {
    const json = shortenedJson([{ note: 'y'.repeat(5_000) }, 'z'.repeat(5_000), 7], 1_000);
    expect(JSON.parse(json)).toEqual([
      { note: expect.stringMatching(/^y+ \[…cut\]$/) },
      expect.stringMatching(/^z+ \[…cut\]$/),
      7,
    ]);
  });

  it('JSON is measured in bytes and not in characters', () => {
    const value = { content: '注'.repeat(400) };
    expect(shortenedJson(value, 1_300)).toBe(JSON.stringify(value));
    const json = shortenedJson(value, 1_000);
    expect(bytesOf(json)).toBeLessThanOrEqual(1_000);
    expect(JSON.parse(json)).toEqual({ content: expect.stringMatching(/^注+ \[…cut\]$/) });
  });

  it('no character of JSON is cut in half', () => {
    for (const prefix of ['', 'x']) {
      const { content } = JSON.parse(shortenedJson({ content: prefix + '🎉'.repeat(1_000) }, 500)) as {
        readonly content: string;
      };
      expect(content.isWellFormed()).toBe(true);
      expect(content).toMatch(/^x?🎉+ \[…cut\]$/u);
    }
  });

  it.each([
    ['numbers', { scores: Array.from({ length: 1_000 }, (_none, index) => index) }],
    ['short texts', { words: Array.from({ length: 1_000 }, (_none, index) => `w${index}`) }],
    ['a long key', { ['k'.repeat(5_000)]: 1 }],
    ['a list of lists', [Array.from({ length: 1_000 }, () => [])]],
  ])('a value becomes the beginning of its JSON when cutting texts is not enough: %s', (_what, value) => {
    const json = shortenedJson(value, 1_000);
    expect(bytesOf(json)).toBeLessThanOrEqual(1_000);
    const { cut } = JSON.parse(json) as { readonly cut: string };
    expect(cut.endsWith(mark)).toBe(true);
    expect(JSON.stringify(value).startsWith(cut.slice(0, -mark.length))).toBe(true);
  });

  it('a value is walked through at most three times when cutting texts is not enough', () => {
    let walks = 0;
    const value = {
      get words(): readonly string[] {
        walks += 1;
        return Array.from({ length: 50_000 }, (_none, index) => `w${index}`);
      },
    };
    shortenedJson(value, 200_000);
    expect(walks).toBeLessThanOrEqual(3);
  });

  it('the result is valid JSON and never longer than allowed, for any value', () => {
    const long = fc
      .tuple(anyText, fc.integer({ min: 0, max: 3_000 }))
      .map(([piece, length]) => `${piece}"\\`.repeat(Math.ceil(length / (piece.length + 2))));
    const value = fc.oneof(
      fc.dictionary(long, fc.oneof(long, fc.integer(), anyJson), { maxKeys: 6 }),
      fc.array(fc.oneof(long, anyJson), { maxLength: 6 }),
    );
    fc.assert(
      fc.property(value, fc.integer({ min: 100, max: 4_000 }), (any, maxBytes) => {
        const json = shortenedJson(any, maxBytes);
        expect(bytesOf(json)).toBeLessThanOrEqual(maxBytes);
        expect(() => JSON.parse(json)).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });
});

describe('a text for the ledger and the results topic', () => {
  it.each([
    ['no text', undefined],
    ['an empty text', ''],
    ['a short text', 'm-1'],
    ['1,000 characters', 'x'.repeat(1_000)],
  ])('a text of up to 1,000 characters stays as it is: %s', (_what, value) => {
    expect(shortened(value)).toBe(value);
  });

  it.each([1_001, 100_000])('a text of %d characters is cut to its first 1,000 and an ellipsis', (length) => {
    const value = `${'a'.repeat(999)}b${'c'.repeat(length - 1_000)}`;
    expect(shortened(value)).toBe(`${'a'.repeat(999)}b…`);
  });

  it('a text is cut before a character that would be cut in half', () => {
    expect(shortened(`🎉${'x'.repeat(2_000)}`)).toBe(`🎉${'x'.repeat(998)}…`);
    expect(shortened(`${'x'.repeat(999)}🎉`)).toBe(`${'x'.repeat(999)}…`);
  });
});
