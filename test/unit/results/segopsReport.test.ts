import { describe, expect, it } from 'vitest';
import type { DoneRun } from '../../../functions/results/reportContent.ts';
import { type SegopsEvent, segopsReport } from '../../../functions/results/segopsReport.ts';
import { askMave } from '../../../functions/triggers/actions.ts';
import type { ToSegOps } from '../../../functions/triggers/trigger.ts';
import { runMessage } from '../runMessages.ts';
import { segmentEvent, trackEvent } from '../segmentEvents.ts';

const runId = '0123456789'.repeat(4);
const everything: ToSegOps = { track: true, identify: () => ({ researched: true }) };

/** What is reported of a run whose trigger asks for this. */
function report(toSegOps: ToSegOps | undefined, changes: Partial<DoneRun> = {}): readonly SegopsEvent[] {
  const trigger = {
    name: 'plan-upgraded',
    when: 'type = "track"',
    run: askMave(() => ({ message: 'Why?' })),
    toSegment: { track: true },
    ...(toSegOps === undefined ? {} : { toSegOps }),
  };
  return segopsReport({
    message: runMessage(),
    trigger,
    creditsUsed: 23,
    result: '{"content":"They left …","sources":[]}',
    finishedAtMs: Date.parse('2026-01-02T03:05:00.000Z'),
    ...changes,
  });
}

const shared = { user_id: '97980cfea0067', occurred_at: '2026-01-02T03:05:00.000Z' };

describe('what is reported to SegOps', () => {
  it('a trigger with `track` reports an event with the run and its result in the payload', () => {
    expect(report({ track: true })).toEqual([
      {
        ...shared,
        event_type: 'mavera_research_completed',
        payload: {
          run_id: runId,
          report_id: `mavera-run-${runId}`,
          trigger: 'plan-upgraded',
          action: 'askMave',
          credits_used: 23,
          source_message_id: 'ajs-next-1700000000000-0a1b2c',
          result: { content: 'They left …', sources: [] },
        },
      },
    ]);
  });

  it('a trigger with `identify` reports the traits that its function returns, and no others', () => {
    const toSegOps: ToSegOps = { identify: ({ result, trigger }) => ({ view: result.content, trigger }) };
    expect(report(toSegOps)).toEqual([
      {
        ...shared,
        event_type: 'context_identified',
        payload: { view: 'They left …', trigger: 'plan-upgraded' },
      },
    ]);
  });

  it('a trigger with both reports both', () => {
    const types = report(everything).map((event) => event.event_type);
    expect(types).toEqual(['mavera_research_completed', 'context_identified']);
  });

  it.each([
    ['has no toSegOps', undefined],
    ['has an empty toSegOps', {}],
    ['wants no track event', { track: false }],
    ['has no traits for this result', { identify: () => undefined }],
  ])('nothing is reported where the trigger %s', (_what, toSegOps) => {
    expect(report(toSegOps)).toEqual([]);
  });

  it('nothing is reported without a user id, because SegOps knows no anonymous ids', () => {
    const event = segmentEvent(trackEvent({ userId: null, anonymousId: 'a-1' }));
    expect(report(everything, { message: runMessage({ event }) })).toEqual([]);
  });

  it('a repeated report has the same report id, and a redriven run another one', () => {
    const idOf = (changes: Partial<DoneRun> = {}): unknown =>
      report({ track: true }, changes).map(({ payload }) => payload.report_id)[0];
    expect(idOf({ finishedAtMs: Date.parse('2026-01-03T00:00:00Z') })).toBe(idOf());
    const redriven = { message: runMessage({ redrive: 'ended-1767323105000' }) };
    expect(idOf(redriven)).toBe(`mavera-run-${runId}ended-1767323105000`);
  });

  it('a report has no cost where Mavera reported none', () => {
    expect(report({ track: true }, { creditsUsed: undefined })[0]?.payload).not.toHaveProperty(
      'credits_used',
    );
  });

  it.each(['researched', ['researched'], null, Promise.resolve({ researched: true })])(
    'traits that are not an object are refused: %o',
    (returned) => {
      const toSegOps = { identify: () => returned } as unknown as ToSegOps;
      expect(() => report(toSegOps)).toThrow('it has to return an object of traits, or undefined');
    },
  );

  it('an `identify` function gets a copy of the event, which is queued for the next attempt', () => {
    const message = runMessage();
    const before = structuredClone(message);
    const identify: ToSegOps['identify'] = ({ event }) => {
      Object.assign(event.properties, { plan: 'changed' });
      return { seen: true };
    };
    report({ identify }, { message });
    expect(message).toEqual(before);
  });

  it("an error of the trigger's `identify` function is passed on", () => {
    const identify = (): never => {
      throw new RangeError('no such trait');
    };
    expect(() => report({ track: true, identify })).toThrow('no such trait');
  });

  it('the longest strings of a large report are cut, and all its other members stay', () => {
    const result = JSON.stringify({ content: '注'.repeat(40_000), sources: [{ title: 'A study' }] });
    const [event] = report({ track: true }, { result });
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThanOrEqual(32 * 1024);
    expect(event?.payload).toMatchObject({
      run_id: runId,
      result: { content: expect.stringMatching(/ \[…cut\]$/), sources: [{ title: 'A study' }] },
    });
  });
});
