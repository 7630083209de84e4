import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  maxMessageBytes,
  parseRunMessage,
  type RunMessage,
  writeRunMessage,
} from '../../../functions/queue/runMessage.ts';
import { type SortedEvents, type SortingRules, sortEvents } from '../../../functions/receive/sortEvents.ts';
import { parseSegmentEvent } from '../../../functions/sources/segment/event.ts';
import { readSegmentEvent } from '../../../functions/sources/segment/source.ts';
import { askMave } from '../../../functions/triggers/actions.ts';
import { compileTriggers } from '../../../functions/triggers/matchTriggers.ts';
import { anyObject } from '../jsonArbitrary.ts';
import { audienceIdentifyEvent, trackEvent } from '../segmentEvents.ts';

const nowMs = Date.parse('2026-01-02T04:00:00.000Z');
const hourMs = 3_600_000;
const run = askMave(() => ({ message: 'Why?' }));
const triggers = compileTriggers([
  { name: 'orders', when: 'event = "Order Completed"', run },
  { name: 'large-orders', when: 'event = "Order Completed" and properties.total > 50', run },
  { name: 'eu-orders', when: 'event = "Order Completed"', route: 'eu', run },
]);
const sampling = compileTriggers([
  { name: 'half', when: 'event = "Order Completed"', run, sample: 0.5 },
  { name: 'half-of-large', when: 'event = "Order Completed" and properties.total > 50', run, sample: 0.5 },
]);
const rules: SortingRules = {
  source: 'segment',
  route: 'default',
  toEvent: readSegmentEvent,
  triggers,
  nowMs,
  now: () => nowMs,
  dedupeWindowMs: 7 * 24 * hourMs,
  runDeadlineMs: 96 * hourMs,
  acceptReplays: false,
};

function sort(elements: readonly unknown[], changes: Partial<SortingRules> = {}): SortedEvents {
  return sortEvents(elements, { ...rules, ...changes });
}

/** The bodies that would be queued. */
function bodiesOf({ wanted }: SortedEvents): readonly string[] {
  return wanted.flatMap(({ messages }) => messages.map(({ body }) => body));
}

const none: SortedEvents = {
  wanted: [],
  repeated: [],
  ignored: 0,
  stale: 0,
  sampledOut: 0,
  runsSampledOut: 0,
  failedCancelKeys: [],
  invalid: [],
};

describe('an event that a trigger wants', () => {
  it('becomes one message for each trigger, and one claim', () => {
    const { wanted, ...rest } = sort([trackEvent()]);
    expect(rest).toEqual({
      repeated: [],
      ignored: 0,
      stale: 0,
      sampledOut: 0,
      runsSampledOut: 0,
      failedCancelKeys: [],
      invalid: [],
    });
    expect(wanted).toHaveLength(1);
    expect(wanted[0]).toMatchObject({
      claimKey: expect.stringMatching(/^claim#[0-9a-f]{40}$/),
      triggers: ['orders', 'large-orders'],
    });
    const messages = wanted[0]?.messages ?? [];
    expect(messages.map(({ body }) => parseRunMessage(body).trigger)).toEqual(['orders', 'large-orders']);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(2);
    expect(messages.map(({ trigger }) => trigger)).toEqual(['orders', 'large-orders']);
  });

  it('is queued with all that the runner needs to know', () => {
    const element = trackEvent({ properties: { total: 1 } });
    const parsed = parseSegmentEvent(element);
    const [body = ''] = bodiesOf(sort([element]));
    expect(parseRunMessage(body)).toEqual({
      version: 1,
      runId: expect.stringMatching(/^[0-9a-f]{40}$/),
      trigger: 'orders',
      source: 'segment',
      route: 'default',
      messageId: 'ajs-next-1700000000000-0a1b2c',
      receivedAtMs: nowMs,
      deadlineAtMs: nowMs + 96 * hourMs,
      event: parsed.ok ? parsed.event : undefined,
    });
  });

  it('is queued under the id of its run, the same at every delivery', () => {
    const first = sort([trackEvent()]);
    const later = sort([trackEvent()], { nowMs: nowMs + hourMs });
    expect(first.wanted[0]?.messages.map(({ id }) => id)).toEqual(
      later.wanted[0]?.messages.map(({ id }) => id),
    );
    expect(first.wanted[0]?.claimKey).toBe(later.wanted[0]?.claimKey);
    for (const { id, body } of first.wanted[0]?.messages ?? []) {
      expect(parseRunMessage(body).runId).toBe(id);
    }
  });

  it('is queued without loss, with any characters, also those that SQS refuses', () => {
    const properties = { total: 60, '\uFFFE': 'a\uFFFFb \ud83d \0 \u2028' };
    const bodies = bodiesOf(sort([trackEvent({ properties })]));
    expect(bodies).toHaveLength(2);
    for (const body of bodies) {
      expect(body).not.toMatch(/[\uFFFE\uFFFF]/);
      expect(parseRunMessage(body).event.properties).toEqual(properties);
    }
  });

  it('starts other runs on another route, which is another mapping', () => {
    const onDefault = sort([trackEvent()]);
    const onEu = sort([trackEvent()], { route: 'eu' });
    expect(onEu.wanted[0]?.triggers).toEqual(['orders', 'large-orders', 'eu-orders']);
    expect(onEu.wanted[0]?.claimKey).not.toBe(onDefault.wanted[0]?.claimKey);
    const ids = [...onDefault.wanted, ...onEu.wanted].flatMap(({ messages }) => messages.map(({ id }) => id));
    expect(new Set(ids).size).toBe(5);
  });
});

describe('the event that tests the connection', () => {
  it('is claimed, so that the ledger shows its arrival, and starts nothing', () => {
    const test = trackEvent({ event: 'Mavera Triggers Connection Test' });
    const { wanted, ...rest } = sort([test]);
    expect(rest).toEqual({
      repeated: [],
      ignored: 0,
      stale: 0,
      sampledOut: 0,
      runsSampledOut: 0,
      failedCancelKeys: [],
      invalid: [],
    });
    expect(wanted).toEqual([
      { claimKey: expect.stringMatching(/^claim#[0-9a-f]{40}$/), triggers: [], cancels: [], messages: [] },
    ]);
  });

  it('is claimed and starts and cancels nothing, though a trigger wants every track event', () => {
    const everyTrack = compileTriggers([
      {
        name: 'every-track',
        when: 'type = "track"',
        cancelledBy: { when: 'type = "track"', per: ({ userId }) => userId },
        run,
      },
    ]);
    const test = trackEvent({ event: 'Mavera Triggers Connection Test' });
    expect(sort([test], { triggers: everyTrack })).toEqual({
      ...none,
      wanted: [{ claimKey: expect.stringMatching(/^claim#/), triggers: [], cancels: [], messages: [] }],
    });
  });
});

describe('an event that no trigger wants', () => {
  it('is only counted', () => {
    const elements = [trackEvent({ event: 'Signed Up' }), audienceIdentifyEvent(), { type: 'delete' }];
    expect(sort(elements)).toEqual({ ...none, ignored: 3 });
    expect(sort([trackEvent()], { triggers: [] })).toEqual({ ...none, ignored: 1 });
  });

  it('is a report of our own that Segment has sent back, though a trigger wants every event', () => {
    const own = trackEvent({ messageId: `mavera-run-${'0123456789'.repeat(4)}-track` });
    const everything = compileTriggers([{ name: 'everything', when: 'type = "track"', run }]);
    expect(sort([own], { triggers: everything })).toEqual({ ...none, ignored: 1 });
    expect(sort([own])).toEqual({ ...none, ignored: 1 });
    const asked = trackEvent({ messageId: 'mavera-run-of-ours', event: 'Mavera Research Completed' });
    expect(sort([asked], { triggers: everything }).wanted).toHaveLength(1);
  });

  it('is not checked any further: neither its age nor its size matters', () => {
    const old = trackEvent({ event: 'Signed Up', receivedAt: '2020-01-01T00:00:00Z' });
    const huge = trackEvent({ event: 'Signed Up', properties: { note: 'x'.repeat(maxMessageBytes) } });
    expect(sort([old, huge])).toEqual({ ...none, ignored: 2 });
  });
});

describe('an event that comes more than once in a request', () => {
  it('is wanted once, and its repeats are counted as repeated', () => {
    const other = trackEvent({ messageId: 'm-2' });
    const { wanted, repeated } = sort([trackEvent(), other, trackEvent(), trackEvent()]);
    expect(wanted).toHaveLength(2);
    expect(repeated.map(({ claimKey }) => claimKey)).toEqual([wanted[0]?.claimKey, wanted[0]?.claimKey]);
  });

  it('is recognised by its message id, though other members have changed', () => {
    const { wanted, repeated } = sort([trackEvent(), trackEvent({ userId: 'other', sentAt: null })]);
    expect([wanted.length, repeated.length]).toEqual([1, 1]);
  });

  it('is recognised by its content when it has no message id, with its members in any order', () => {
    const element = trackEvent({ messageId: 5 });
    const reversed = Object.fromEntries(Object.entries(element).reverse());
    const changed = { ...element, userId: 'other' };
    const { wanted, repeated } = sort([element, reversed, changed]);
    expect([wanted.length, repeated.length]).toEqual([2, 1]);
  });
});

describe('an element that is not an event', () => {
  it('is invalid, with its index in the request and the wrong field', () => {
    const elements = [null, trackEvent(), { type: 'track', properties: ['jane@example.com'] }, 'text', {}];
    const { invalid, wanted } = sort(elements);
    expect(wanted).toHaveLength(1);
    expect(invalid).toEqual([
      { index: 0, problem: expect.stringContaining('expected object') },
      { index: 2, problem: 'properties: expected an object' },
      { index: 3, problem: expect.stringContaining('expected object') },
      { index: 4, problem: expect.stringMatching(/^type: /) },
    ]);
    expect(JSON.stringify(invalid)).not.toContain('jane@example.com');
  });
});

describe('an event that is too old', () => {
  const old = '2025-12-20T00:00:00.000Z';

  it('is stale by receivedAt, otherwise by timestamp', () => {
    const elements = [
      trackEvent({ receivedAt: old }),
      trackEvent({ receivedAt: null, timestamp: old }),
      trackEvent({ receivedAt: undefined, timestamp: old }),
    ];
    expect(sort(elements)).toEqual({ ...none, stale: 3 });
  });

  it('is not stale when it was received recently, or has no time', () => {
    const late = trackEvent({ messageId: 'm-1', timestamp: old });
    const timeless = trackEvent({ messageId: 'm-2', timestamp: null, receivedAt: null });
    expect(sort([late, timeless]).wanted).toHaveLength(2);
  });

  it('is wanted nevertheless when replays are accepted', () => {
    const { wanted, stale } = sort([trackEvent({ receivedAt: old })], { acceptReplays: true });
    expect([wanted.length, stale]).toEqual([1, 0]);
  });
});

describe('an event that a queue message cannot hold', () => {
  const room =
    maxMessageBytes - Buffer.byteLength(bodiesOf(sort([trackEvent({ properties: { note: '' } })]))[0] ?? '');

  it('is invalid when it is larger than 1 MiB, in bytes', () => {
    const problem = 'the event is larger than a queue message can be (1 MiB)';
    for (const note of ['x'.repeat(room + 1), 'ë'.repeat(Math.ceil(room / 2) + 1)]) {
      const { invalid, wanted } = sort([trackEvent({ properties: { note } })]);
      expect(wanted).toEqual([]);
      expect(invalid).toEqual([{ index: 0, problem }]);
    }
  });

  it('is valid as long as it fits, with room for what the runner adds when it sends it again', () => {
    for (const slack of [0, 50, 100, 1_000, 10_000]) {
      const note = 'x'.repeat(room - slack);
      for (const body of bodiesOf(sort([trackEvent({ properties: { note } })]))) {
        const again = {
          ...parseRunMessage(body),
          notBeforeMs: nowMs + 0.123456789,
          slotAtMs: nowMs + 0.123456789,
        };
        expect(Buffer.byteLength(writeRunMessage(again))).toBeLessThanOrEqual(maxMessageBytes);
      }
    }
    expect(sort([trackEvent({ properties: { note: 'x'.repeat(room - 16_384) } })]).wanted).toHaveLength(1);
  });

  it('is valid as long as it fits, with room for the reason when the runner dead-letters it', () => {
    // Attributes count: two names, two types, a reason of a few words, and 1,000 characters of detail.
    const attributesBytes = 'reasonStringdetailString'.length + 40 + 3 * 1_000;
    for (const slack of [0, 200, 500, 1_000, 2_000, 3_000]) {
      for (const body of bodiesOf(sort([trackEvent({ properties: { note: 'x'.repeat(room - slack) } })]))) {
        expect(Buffer.byteLength(body) + attributesBytes).toBeLessThanOrEqual(maxMessageBytes);
      }
    }
  });

  it('is invalid when it is nested too deeply for JSON, with a message id or without', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`) as unknown;
    const elements = [
      trackEvent({ properties: { deep } }),
      trackEvent({ properties: { deep }, messageId: undefined }),
      trackEvent(),
    ];
    const { invalid, wanted } = sort(elements);
    expect(wanted).toHaveLength(1);
    expect(invalid).toEqual([
      { index: 0, problem: 'the event is nested too deeply' },
      { index: 1, problem: 'the event is nested too deeply' },
    ]);
  });

  it('is invalid when the runner could not write it as JSON any more', () => {
    const levels = 2_000;
    const deep = JSON.parse(`${'['.repeat(levels)}"${'x'.repeat(300_000)}"${']'.repeat(levels)}`) as unknown;
    const { invalid } = sort([trackEvent({ properties: { deep } })]);
    expect(invalid).toEqual([{ index: 0, problem: 'the event is nested too deeply' }]);
  });
});

describe('any request', () => {
  it('has each of its elements counted once', () => {
    const element = fc.oneof(
      anyObject,
      fc.constantFrom(null, 'text', { type: 'page' }),
      fc
        .record({
          messageId: fc.constantFrom('m-1', 'm-2', null),
          receivedAt: fc.constantFrom('2020-01-01T00:00:00Z', '2026-01-02T03:00:00Z'),
          properties: anyObject,
        })
        .map(trackEvent),
    );
    fc.assert(
      fc.property(fc.array(element, { maxLength: 20 }), (elements) => {
        const { wanted, repeated, invalid, ignored, stale, sampledOut } = sort(elements, {
          triggers: sampling,
        });
        const sum = wanted.length + repeated.length + invalid.length + ignored + stale + sampledOut;
        expect(sum).toBe(elements.length);
        expect(new Set(wanted.map(({ claimKey }) => claimKey)).size).toBe(wanted.length);
      }),
    );
  });
});

describe('an event whose triggers take a sample', () => {
  const elements = Array.from({ length: 400 }, (_none, index) => trackEvent({ messageId: `m-${index}` }));

  it('is queued for exactly those triggers in whose sample its run is', () => {
    const { wanted, sampledOut, runsSampledOut } = sort(elements, { triggers: sampling });
    const all = sort(elements, {
      triggers: sampling.map((one) => ({ ...one, trigger: { ...one.trigger, sample: 1 } })),
    });
    const runsOf = (sorted: SortedEvents): readonly RunMessage[] => bodiesOf(sorted).map(parseRunMessage);
    const expected = runsOf(all).filter(
      ({ runId }) => Number.parseInt(runId.slice(0, 12), 16) / 16 ** 12 < 0.5,
    );
    expect(runsOf({ ...none, wanted })).toEqual(expected);
    expect(wanted.flatMap((event) => event.triggers)).toEqual(expected.map(({ trigger }) => trigger));
    expect(runsSampledOut).toBe(runsOf(all).length - expected.length);
    expect(wanted.length + sampledOut).toBe(elements.length);
    // Of 400, about a quarter is in neither sample.
    expect(sampledOut).toBeGreaterThan(50);
    expect(sampledOut).toBeLessThan(150);
  });

  it('makes no claim if it is in no sample', () => {
    const rare = sampling.map((one) => ({ ...one, trigger: { ...one.trigger, sample: 1e-9 } }));
    expect(sort(elements, { triggers: rare })).toEqual({ ...none, sampledOut: 400, runsSampledOut: 800 });
  });
});
