import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOwnReport, reportIdPrefix } from '../../../../functions/sources/segment/event.ts';
import { anyText } from '../../jsonArbitrary.ts';
import { segmentEvent, trackEvent } from '../../segmentEvents.ts';

const runId = '0123456789abcdef'.repeat(3).slice(0, 40);
const isOwn = (messageId: unknown): boolean => isOwnReport(segmentEvent(trackEvent({ messageId })));

describe('our own report that Segment sends back', () => {
  it.each([
    `mavera-run-${runId}-track`,
    `mavera-run-${runId}-identify`,
    `mavera-run-${runId}ended-1767323105000-track`,
    `mavera-run-${runId}`,
  ])('is recognised by its message id: %s', (messageId) => {
    expect(isOwn(messageId)).toBe(true);
  });

  it('is recognised by its library, though Segment has given it another message id', () => {
    const sentWith = (name: string): boolean =>
      isOwnReport(segmentEvent(trackEvent({ context: { library: { name } } })));
    expect(sentWith('mavera-triggers')).toBe(true);
    expect(sentWith('analytics.js')).toBe(false);
  });

  it('is recognised for every run', () => {
    const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(hex, anyText, (id, rest) => {
        expect(isOwn(`${reportIdPrefix}${id}${rest}`)).toBe(true);
      }),
    );
  });
});

describe("a customer's event", () => {
  it.each([
    undefined,
    null,
    '',
    'ajs-next-1700000000000-0a1b2c',
    'mavera-run-',
    'mavera-run-trail',
    `mavera-run-${runId.slice(1)}`,
    `mavera-run-${runId.toUpperCase()}`,
    `my-mavera-run-${runId}`,
    `\nmavera-run-${runId}`,
  ])('is not an own report: %j', (messageId) => {
    expect(isOwn(messageId)).toBe(false);
  });
});
