import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunMessage } from '../../../functions/queue/runMessage.ts';
import { resultMessage, writeResult } from '../../../functions/results/resultsTopic.ts';
import { anyObject, anyText } from '../jsonArbitrary.ts';
import { runMessage } from '../runMessages.ts';
import { segmentEvent, trackEvent } from '../segmentEvents.ts';

const finishedAtMs = Date.parse('2026-01-02T03:04:05.678Z');

function runOf(element: object): RunMessage {
  return runMessage({ route: 'eu', event: segmentEvent(element) });
}

describe('the message about a run that is done', () => {
  it('the message has the run, its result and its cost', () => {
    const end = { state: 'done', creditsUsed: 23, result: '{"content":"They left …"}' } as const;
    expect(resultMessage(runOf(trackEvent()), 'askMave', end, finishedAtMs)).toEqual({
      version: 1,
      runId: '0123456789'.repeat(4),
      trigger: 'plan-upgraded',
      action: 'askMave',
      state: 'done',
      source: 'segment',
      route: 'eu',
      messageId: 'ajs-next-1700000000000-0a1b2c',
      userId: '97980cfea0067',
      creditsUsed: 23,
      result: { content: 'They left …' },
      finishedAt: '2026-01-02T03:04:05.678Z',
    });
  });

  it('ids that the event lacks are absent, and a cost that Mavera does not report is 0', () => {
    const message = resultMessage(runOf({ type: 'track' }), undefined, { state: 'done' }, finishedAtMs);
    expect(JSON.parse(JSON.stringify(message))).toEqual({
      version: 1,
      runId: '0123456789'.repeat(4),
      trigger: 'plan-upgraded',
      state: 'done',
      source: 'segment',
      route: 'eu',
      creditsUsed: 0,
      finishedAt: '2026-01-02T03:04:05.678Z',
    });
  });

  it('a run that is done has no reason, even if it had waited for one', () => {
    const message = resultMessage(
      runOf(trackEvent()),
      'askMave',
      { state: 'done', reason: 'pace' },
      finishedAtMs,
    );
    expect(message.reason).toBeUndefined();
  });
});

describe('the message about a run that failed or was skipped', () => {
  it('the message has the reason and the sentence', () => {
    const end = { state: 'failed', reason: 'mavera_400', detail: 'Mavera answered 400 …' } as const;
    const message = resultMessage(runOf(trackEvent()), 'askMave', end, finishedAtMs);
    expect(message).toMatchObject({ ...end, creditsUsed: 0 });
    expect(message.result).toBeUndefined();
    const skipped = resultMessage(
      runOf(trackEvent()),
      'askMave',
      { state: 'skipped', reason: 'cooldown' },
      finishedAtMs,
    );
    expect(skipped).toMatchObject({ state: 'skipped', reason: 'cooldown' });
  });
});

describe('a result as it is kept and published', () => {
  /** SNS takes 262,144 bytes; the rest is for the other members of the message. */
  const maxBytes = 200_000;

  it('a small result is unchanged', () => {
    fc.assert(
      fc.property(anyObject, (result) => {
        expect(JSON.parse(writeResult(result))).toEqual(result);
      }),
    );
  });

  it('only the longest strings of a large result are cut', () => {
    const result = {
      content: 'x'.repeat(300_000),
      title: 'A study',
      sources: [{ url: 'https://example.com' }],
    };
    const json = writeResult(result);
    expect(Buffer.byteLength(json)).toBeLessThanOrEqual(maxBytes);
    const { content, ...rest } = JSON.parse(json) as typeof result;
    expect(content).toMatch(/^x+ \[…cut\]$/);
    expect(content.length).toBeGreaterThan(40_000);
    expect(rest).toEqual({ title: result.title, sources: result.sources });
  });

  it('the size of a result is measured in bytes', () => {
    const json = writeResult({ content: '注'.repeat(100_000) });
    expect(Buffer.byteLength(json)).toBeLessThanOrEqual(maxBytes);
    expect(JSON.parse(json)).toEqual({ content: expect.stringMatching(/^注+ \[…cut\]$/) });
    const uncut = { content: '注'.repeat(60_000) };
    expect(JSON.parse(writeResult(uncut))).toEqual(uncut);
  });

  it('as many strings are cut as necessary', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`answer${i}`, 'y'.repeat(5_000)]));
    const cut = JSON.parse(writeResult(many)) as Record<string, string>;
    expect(Object.keys(cut)).toEqual(Object.keys(many));
    expect(Object.values(cut).every((answer) => answer.endsWith('[…cut]'))).toBe(true);
  });

  it('no character is cut in half', () => {
    for (const prefix of ['', 'x']) {
      const cut = JSON.parse(writeResult({ content: `${prefix}${'🎉'.repeat(100_000)}` })) as {
        content: string;
      };
      expect(cut.content.isWellFormed()).toBe(true);
    }
  });

  it('every result is small enough after cutting, whatever its strings', () => {
    const text = fc
      .tuple(anyText, fc.integer({ min: 0, max: 400_000 }))
      .map(([piece, length]) => `${piece}a`.repeat(Math.ceil(length / (piece.length + 1))));
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 10 }), text, { maxKeys: 5 }), (result) => {
        expect(Buffer.byteLength(writeResult(result))).toBeLessThanOrEqual(maxBytes);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['a list of 100,000 numbers', { scores: Array.from({ length: 100_000 }, (_, i) => i) }],
    ['a list of 50,000 short texts', { words: Array.from({ length: 50_000 }, (_, i) => `w${i}`) }],
    [
      'a list of 10,000 objects',
      { sources: Array.from({ length: 10_000 }, (_, id) => ({ id, title: 'a study' })) },
    ],
    ['a very long key', { ['k'.repeat(300_000)]: 1 }],
  ])('a large result without long strings is small enough after cutting: %s', (_what, result) => {
    const json = writeResult(result);
    expect(Buffer.byteLength(json)).toBeLessThanOrEqual(maxBytes);
    expect(() => JSON.parse(json)).not.toThrow();
  });
});
