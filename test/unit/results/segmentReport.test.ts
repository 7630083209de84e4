import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DoneRun } from '../../../functions/results/reportContent.ts';
import { segmentReport, type TrackingEvent } from '../../../functions/results/segmentReport.ts';
import { isOwnReport } from '../../../functions/sources/segment/event.ts';
import { askMave } from '../../../functions/triggers/actions.ts';
import type { ReportContext, ToSegment } from '../../../functions/triggers/trigger.ts';
import { anyText } from '../jsonArbitrary.ts';
import { runMessage } from '../runMessages.ts';
import { segmentEvent, trackEvent } from '../segmentEvents.ts';

const runId = '0123456789'.repeat(4);

/** What is reported of a run whose trigger asks for this. */
function report(toSegment: ToSegment | undefined, changes: Partial<DoneRun> = {}): readonly TrackingEvent[] {
  const trigger = {
    name: 'plan-upgraded',
    when: 'type = "track"',
    run: askMave(() => ({ message: 'Why?' })),
    ...(toSegment === undefined ? {} : { toSegment }),
  };
  return segmentReport({
    message: runMessage(),
    trigger,
    creditsUsed: 23,
    result: '{"content":"They left …","sources":[]}',
    finishedAtMs: Date.parse('2026-01-02T03:05:00.000Z'),
    ...changes,
  });
}

const shared = {
  userId: '97980cfea0067',
  anonymousId: '507f191e810c19729de860ea',
  timestamp: '2026-01-02T03:05:00.000Z',
  context: { library: { name: 'mavera-triggers' } },
};

describe('what is reported to Segment', () => {
  it('a trigger with `track` reports a track event with the result', () => {
    expect(report({ track: true })).toEqual([
      {
        type: 'track',
        event: 'Mavera Research Completed',
        messageId: `mavera-run-${runId}-track`,
        ...shared,
        properties: {
          runId,
          trigger: 'plan-upgraded',
          action: 'askMave',
          creditsUsed: 23,
          sourceMessageId: 'ajs-next-1700000000000-0a1b2c',
          result: { content: 'They left …', sources: [] },
        },
      },
    ]);
  });

  it('a trigger with `identify` reports the traits that its function returns', () => {
    const seen: ReportContext[] = [];
    const identify: ToSegment['identify'] = (context) => {
      seen.push(context);
      return { mavera_view: context.result.content };
    };
    expect(report({ identify })).toEqual([
      {
        type: 'identify',
        messageId: `mavera-run-${runId}-identify`,
        ...shared,
        traits: { mavera_view: 'They left …' },
      },
    ]);
    expect(seen).toEqual([
      {
        event: runMessage().event,
        trigger: 'plan-upgraded',
        result: { content: 'They left …', sources: [] },
      },
    ]);
  });

  it('a trigger with both reports both', () => {
    const both = report({ track: true, identify: () => ({ researched: true }) });
    expect(both.map(({ type }) => type)).toEqual(['track', 'identify']);
  });

  it.each([
    ['has no toSegment', undefined],
    ['has an empty toSegment', {}],
    ['wants no track event', { track: false }],
    ['has no traits for this result', { identify: () => undefined }],
  ])('nothing is reported where the trigger %s', (_what, toSegment) => {
    expect(report(toSegment)).toEqual([]);
  });

  it('nothing is reported for an event without a user, because Segment would drop it', () => {
    const event = segmentEvent(trackEvent({ userId: null, anonymousId: null }));
    const everything = { track: true, identify: () => ({ researched: true }) };
    expect(report(everything, { message: runMessage({ event }) })).toEqual([]);
  });

  it.each([
    [{ userId: null }, { anonymousId: '507f191e810c19729de860ea' }],
    [{ anonymousId: null }, { userId: '97980cfea0067' }],
  ])('a report has whichever user id the event has: %j', (changes, ids) => {
    const message = runMessage({ event: segmentEvent(trackEvent(changes)) });
    const [event] = report({ track: true }, { message });
    expect(JSON.parse(JSON.stringify(event))).toMatchObject(ids);
    expect(Object.keys(JSON.parse(JSON.stringify(event)) as object)).not.toContain(Object.keys(changes)[0]);
  });

  it('a report has no cost where Mavera reported none', () => {
    const [event] = report({ track: true }, { creditsUsed: undefined });
    expect(event?.properties).not.toHaveProperty('creditsUsed');
  });

  it("an error of the trigger's `identify` function is passed on", () => {
    const identify = (): never => {
      throw new RangeError('no such trait');
    };
    expect(() => report({ track: true, identify })).toThrow('no such trait');
  });
});

describe('what `identify` returns', () => {
  it.each([
    ['a string', 'researched'],
    ['a list', ['researched']],
    ['null', null],
    ['a promise, since the function is asynchronous', Promise.resolve({ researched: true })],
  ])('traits that are not an object are refused: %s', (_what, returned) => {
    const toSegment = { identify: () => returned } as unknown as ToSegment;
    expect(() => report(toSegment)).toThrow('it has to return an object of traits, or undefined');
  });
});

describe('the message ids of a report', () => {
  const idsOf = (changes: Partial<DoneRun> = {}): readonly unknown[] =>
    report({ track: true, identify: () => ({}) }, changes).map(({ messageId }) => messageId);

  it('a repeated report has the same message ids, so that Segment drops it', () => {
    const later = { finishedAtMs: Date.parse('2026-01-03T00:00:00Z') };
    expect(idsOf(later)).toEqual(idsOf());
    expect(new Set(idsOf()).size).toBe(2);
  });

  it('a redriven run has message ids of its own, because its result is new', () => {
    const redriven = { message: runMessage({ redrive: 'ended-1767323105000' }) };
    expect(idsOf(redriven)).toEqual([
      `mavera-run-${runId}ended-1767323105000-track`,
      `mavera-run-${runId}ended-1767323105000-identify`,
    ]);
  });

  it('message ids are shorter than 100 characters, as Segment requires', () => {
    for (const id of idsOf({ message: runMessage({ redrive: 'ended-1767323105000' }) })) {
      expect(String(id).length).toBeLessThan(100);
    }
  });

  it('a report that Segment sends back to us is recognised', () => {
    for (const message of [runMessage(), runMessage({ redrive: 'ended-1767323105000' })]) {
      for (const event of report({ track: true, identify: () => ({}) }, { message })) {
        expect(isOwnReport(segmentEvent(JSON.parse(JSON.stringify(event)) as object))).toBe(true);
      }
    }
  });
});

describe('a report that is larger than Segment takes', () => {
  const maxEventBytes = 32 * 1024;
  const bytesOf = (event: TrackingEvent | undefined): number => Buffer.byteLength(JSON.stringify(event));

  it.each([
    ['letters', 'x'.repeat(100_000)],
    ['characters of three bytes', '注'.repeat(40_000)],
    ['characters of four bytes', '🎉'.repeat(20_000)],
    ['quotation marks, which JSON escapes', '"'.repeat(60_000)],
  ])('only the longest strings of a large report are cut: %s', (_what, content) => {
    const result = { content, sources: [{ title: 'A study' }] };
    const [event] = report({ track: true }, { result: JSON.stringify(result) });
    expect(bytesOf(event)).toBeLessThanOrEqual(maxEventBytes);
    const { properties } = event as { readonly properties: { readonly result: typeof result } };
    expect(properties.result.content).toMatch(/ \[…cut\]$/);
    expect(properties.result.content.isWellFormed()).toBe(true);
    expect(properties.result.content.length).toBeGreaterThan(3_000);
    expect(properties).toMatchObject({
      runId,
      trigger: 'plan-upgraded',
      creditsUsed: 23,
      result: { sources: [{ title: 'A study' }] },
    });
  });

  it('the traits of a large report are cut', () => {
    const [event] = report({ identify: () => ({ mavera_view: '注'.repeat(40_000), plan: 'pro' }) });
    expect(bytesOf(event)).toBeLessThanOrEqual(maxEventBytes);
    expect(event?.traits).toEqual({ mavera_view: expect.stringMatching(/^注+ \[…cut\]$/), plan: 'pro' });
  });

  it('every report is small enough after cutting, whatever the result', () => {
    const text = fc
      .tuple(anyText, fc.integer({ min: 0, max: 60_000 }))
      .map(([piece, length]) => `${piece}a`.repeat(Math.ceil(length / (piece.length + 1))));
    fc.assert(
      fc.property(fc.dictionary(anyText, text, { maxKeys: 5 }), (result) => {
        const events = report({ track: true, identify: () => result }, { result: JSON.stringify(result) });
        for (const event of events) {
          expect(bytesOf(event)).toBeLessThanOrEqual(maxEventBytes);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('a report that fits is unchanged', () => {
    const result = { content: '注'.repeat(9_000) };
    const [event] = report({ track: true }, { result: JSON.stringify(result) });
    expect(event?.properties).toMatchObject({ result });
  });
});
