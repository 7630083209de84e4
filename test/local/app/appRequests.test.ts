import { describe, expect, it } from 'vitest';
import { appRequests, elementsOf } from '../../../local/app/appRequests.ts';
import { parseEvents } from '../../../simulators/segment/readEvents.ts';

const nowMs = Date.parse('2027-01-01T00:00:00Z');

/** The requests of the lines of one file. */
function requestsOf(...lines: readonly object[]): ReturnType<typeof appRequests> {
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  return appRequests(parseEvents(text, 'events/all.ndjson'), nowMs);
}

const churn = { type: 'track', event: 'churn_signal', timestamp: '2026-11-20T10:00:00Z' };
const open = { event: 'open', email: 'jane@example.com', timestamp: 1_795_000_000 };
const computed = { event: 'segment.recomputed', tenant_slug: 'acme', computed_at: '2026-11-20T09:00:00Z' };
const later = { ...computed, computed_at: '2026-11-20T09:05:00Z' };

describe("the requests of an app's events", () => {
  it('are made by the source whose shape a line has', () => {
    const genuine = requestsOf(churn, [open], computed).filter(({ variant }) => variant === 'genuine');
    expect(genuine.map(({ source }) => source)).toEqual(['segment', 'sendgrid', 'segops']);
  });

  it('happen now, and posts of one source keep their distances', () => {
    const [segment, email, first, second] = requestsOf(churn, [open], computed, later);
    expect(segment?.payload).toMatchObject({ timestamp: '2027-01-01T00:00:00Z' });
    expect(elementsOf(email?.payload ?? [])).toEqual([{ ...open, timestamp: nowMs / 1_000 }]);
    expect(first?.payload).toMatchObject({ computed_at: '2026-12-31T23:55:00Z' });
    expect(second?.payload).toMatchObject({ computed_at: '2027-01-01T00:00:00Z' });
  });

  it('end with a repeated one and a forged one for each source', () => {
    const extra = requestsOf(churn, { ...churn, event: 'b' }, [open]).slice(3);
    expect(extra.map(({ source, variant }) => `${source} ${variant}`).sort()).toEqual([
      'segment again',
      'segment forged',
      'sendgrid again',
      'sendgrid forged',
    ]);
    const again = extra.filter(({ source }) => source === 'segment');
    expect(again.map(({ payload }) => payload)).toEqual([
      expect.objectContaining({ event: 'churn_signal' }),
      expect.objectContaining({ event: 'churn_signal' }),
    ]);
  });

  it('are one event each at SegOps, which posts no arrays', () => {
    const posts = requestsOf([computed, later]).filter(({ variant }) => variant === 'genuine');
    expect(posts.map(({ payload }) => Array.isArray(payload))).toEqual([false, false]);
  });

  it('are sent as they are if they have no time, or one that cannot be read', () => {
    const requests = requestsOf({ type: 'track' }, [{ ...open, timestamp: 'soon' }]);
    expect(requests[0]?.payload).toEqual({ type: 'track' });
    expect(requests[1]?.payload).toEqual([{ ...open, timestamp: 'soon' }]);
  });
});
