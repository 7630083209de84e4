import { describe, expect, it } from 'vitest';
import { cancelKey, runIdFor } from '../../../functions/ledger/keys.ts';
import {
  type CancelMessage,
  parseQueueMessage,
  parseRunMessage,
} from '../../../functions/queue/runMessage.ts';
import { type SortedEvents, type SortingRules, sortEvents } from '../../../functions/receive/sortEvents.ts';
import type { SegmentEvent } from '../../../functions/sources/segment/event.ts';
import { readSegmentEvent } from '../../../functions/sources/segment/source.ts';
import { askMave } from '../../../functions/triggers/actions.ts';
import type { Per } from '../../../functions/triggers/eventKey.ts';
import { compileTriggers } from '../../../functions/triggers/matchTriggers.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { trackEvent } from '../segmentEvents.ts';

const nowMs = Date.parse('2026-01-02T04:00:00.000Z');
const hourMs = 3_600_000;
const run = askMave(() => ({ message: 'Why?' }));

function winBack(per: Per, changes: Partial<Trigger> = {}): Trigger {
  const cancelledBy = { when: 'event = "Order Completed"', per };
  return { name: 'win-back', when: 'event = "Cart Abandoned"', cancelledBy, run, ...changes };
}

function sort(
  elements: readonly unknown[],
  triggers: readonly Trigger[],
  changes: Partial<SortingRules> = {},
): SortedEvents {
  return sortEvents(elements, {
    source: 'segment',
    route: 'default',
    toEvent: readSegmentEvent,
    triggers: compileTriggers(triggers),
    nowMs,
    now: () => nowMs,
    dedupeWindowMs: 7 * 24 * hourMs,
    runDeadlineMs: 96 * hourMs,
    acceptReplays: false,
    ...changes,
  });
}

function cancellationsIn({ wanted }: SortedEvents): readonly CancelMessage[] {
  return wanted
    .flatMap(({ messages }) => messages.map(({ body }) => parseQueueMessage(body)))
    .filter((message) => 'kind' in message);
}

describe('an event that cancels runs', () => {
  it('becomes one message for each trigger, and one claim, though it starts nothing', () => {
    const others = [
      winBack('user'),
      winBack('user', { name: 'reminder' }),
      winBack('user', { name: 'third' }),
    ];
    const sorted = sort([trackEvent({ userId: 'u-1' })], others);
    expect(sorted).toMatchObject({ wanted: { length: 1 }, ignored: 0, runsSampledOut: 0 });
    expect(sorted.wanted[0]).toMatchObject({
      claimKey: expect.stringMatching(/^claim#[0-9a-f]{40}$/),
      triggers: [],
      cancels: ['win-back', 'reminder', 'third'],
    });
    const messages = sorted.wanted[0]?.messages ?? [];
    expect(new Set(messages.map(({ id }) => id)).size).toBe(3);
    expect(messages.map(({ trigger, kind }) => [trigger, kind])).toEqual([
      ['win-back', 'cancel'],
      ['reminder', 'cancel'],
      ['third', 'cancel'],
    ]);
  });

  it('is queued with its key, its time and the deadline of the last runs that it can cancel', () => {
    const event = trackEvent({
      userId: 'u-1',
      timestamp: '2026-01-02T03:00:00.000Z',
      receivedAt: '2026-01-02T03:59:00.000Z',
    });
    expect(cancellationsIn(sort([event], [winBack('user')]))).toEqual([
      {
        version: 1,
        kind: 'cancel',
        trigger: 'win-back',
        source: 'segment',
        route: 'default',
        messageId: 'ajs-next-1700000000000-0a1b2c',
        key: cancelKey('win-back', 'u-1'),
        atMs: nowMs - hourMs,
        expiresAtMs: nowMs + 96 * hourMs,
      },
    ]);
  });

  it('is kept until the last run of a chain can begin, with the time that its collections take', () => {
    const first: Trigger = { name: 'first', when: 'event = "Cart Abandoned"', run };
    const second: Trigger = { name: 'second', after: first, collect: { within: '7d' }, run };
    const { cancelledBy } = winBack('user');
    const third = { name: 'third', after: second, cancelledBy, run } as Trigger;
    const event = trackEvent({ userId: 'u-1' });
    expect(cancellationsIn(sort([event], [first, second, third]))).toMatchObject([
      { trigger: 'third', expiresAtMs: nowMs + (3 * 96 + 7 * 24) * hourMs },
    ]);
  });

  it('that happens in the future by its own clock counts from its arrival', () => {
    const event = trackEvent({ timestamp: '2099-01-01T00:00:00Z', receivedAt: null });
    expect(cancellationsIn(sort([event], [winBack('user')]))).toMatchObject([{ atMs: nowMs }]);
  });

  it('is read on the routes of the trigger only', () => {
    const triggers = [winBack('user', { route: ['eu', 'us'] })];
    expect(sort([trackEvent()], triggers)).toMatchObject({ wanted: [], ignored: 1 });
    expect(cancellationsIn(sort([trackEvent()], triggers, { route: 'us' }))).toMatchObject([{ route: 'us' }]);
  });

  it('without a key cancels nothing and is ignored', () => {
    const nobody = trackEvent({ userId: null, anonymousId: null });
    expect(sort([nobody], [winBack('user')])).toMatchObject({ wanted: [], ignored: 1, failedCancelKeys: [] });
    expect(sort([trackEvent()], [winBack(() => undefined)])).toMatchObject({ wanted: [], ignored: 1 });
  });

  it('may also start a run of another trigger, or of the same one: both are sent under one claim', () => {
    const same = winBack('user', { when: 'properties.total > 50' });
    const other: Trigger = { name: 'orders', when: 'event = "Order Completed"', run };
    const { wanted } = sort([trackEvent()], [same, other]);
    expect(wanted).toHaveLength(1);
    expect(wanted[0]).toMatchObject({ triggers: ['win-back', 'orders'], cancels: ['win-back'] });
    const kinds = wanted[0]?.messages.map(({ trigger, kind }) => `${kind} ${trigger}`);
    expect(kinds).toEqual(['cancel win-back', 'run win-back', 'run orders']);
    expect(new Set(wanted[0]?.messages.map(({ id }) => id)).size).toBe(3);
  });

  it('cancels also if the run that it would start is not in the sample', () => {
    const rare: Trigger = { name: 'orders', when: 'event = "Order Completed"', run, sample: 1e-9 };
    const { wanted, sampledOut, runsSampledOut } = sort([trackEvent()], [winBack('user'), rare]);
    expect(wanted).toMatchObject([{ triggers: [], cancels: ['win-back'] }]);
    expect([sampledOut, runsSampledOut]).toEqual([0, 1]);
    expect(sort([trackEvent()], [winBack(() => undefined), rare])).toMatchObject({
      wanted: [],
      sampledOut: 1,
    });
  });

  it('that comes again is the same event with the same messages', () => {
    const { wanted, repeated } = sort([trackEvent(), trackEvent()], [winBack('user')]);
    expect([wanted.length, repeated.length]).toEqual([1, 1]);
    expect(repeated[0]).toEqual(wanted[0]);
  });

  it('is stale when it is too old, like any event', () => {
    const old = trackEvent({ receivedAt: '2025-12-20T00:00:00.000Z' });
    expect(sort([old], [winBack('user')])).toMatchObject({ wanted: [], stale: 1 });
  });
});

describe('a `per` function of cancelling events', () => {
  const orders: Trigger = { name: 'orders', when: 'event = "Order Completed"', run };

  it('that throws is counted with its place, and the event starts its runs nevertheless', () => {
    const throwing = (event: SegmentEvent): string => {
      throw new Error(`no company of jane@example.com\n    at jane@example.com, ${event.userId}`);
    };
    const events = [trackEvent(), trackEvent({ messageId: 'm-2' })];
    const { wanted, failedCancelKeys } = sort(events, [
      winBack(throwing),
      winBack('user', { name: 'b' }),
      orders,
    ]);
    expect(wanted.map(({ triggers, cancels }) => [triggers, cancels])).toEqual([
      [['orders'], ['b']],
      [['orders'], ['b']],
    ]);
    expect(failedCancelKeys).toEqual([
      { trigger: 'win-back', count: 2, at: expect.stringMatching(/^at throwing .*cancellations\.test\.ts/) },
    ]);
    expect(JSON.stringify(failedCancelKeys)).not.toContain('jane@example.com');
  });

  it.each([
    ['a promise that fails with a string', () => Promise.reject('jane@example.com')],
    ['a promise that fails', () => Promise.reject(new Error('jane@example.com'))],
    ['an object', () => ({ email: 'jane@example.com' })],
    [
      'what is not an error',
      (): never => {
        throw 'jane@example.com';
      },
    ],
    [
      'an error without a stack',
      (): never => {
        throw Object.assign(new Error('jane@example.com'), { stack: undefined });
      },
    ],
  ])('that returns or throws %s cancels nothing, and tells nothing of the event', async (_what, per) => {
    const sorted = sort([trackEvent()], [winBack(per as unknown as Per), orders]);
    expect(sorted).toMatchObject({
      wanted: [{ triggers: ['orders'], cancels: [] }],
      failedCancelKeys: [{ trigger: 'win-back', count: 1 }],
    });
    expect(JSON.stringify(sorted.failedCancelKeys)).not.toContain('jane@example.com');
  });

  it('that changes its event changes nothing of what is queued or claimed', () => {
    const spoiling = (event: SegmentEvent): string => {
      (event.properties as Record<string, unknown>).total = 'spoilt';
      Object.assign(event, { messageId: 'spoilt', userId: 'spoilt' });
      return 'key';
    };
    const without = sort([trackEvent({ messageId: null })], [orders]).wanted[0];
    const { wanted } = sort([trackEvent({ messageId: null })], [winBack(spoiling), orders]);
    expect(wanted[0]?.claimKey).toBe(without?.claimKey);
    expect(wanted[0]?.messages.at(-1)).toEqual(without?.messages[0]);
    const identity = { source: 'segment', route: 'default', messageId: 'm-1', element: {} } as const;
    const [cancel, started] =
      sort([trackEvent({ messageId: 'm-1' })], [winBack(spoiling), orders]).wanted[0]?.messages ?? [];
    expect(cancel?.id).toBe(`cancel#${runIdFor(identity, 'id:m-1', 'win-back')}`);
    expect(parseRunMessage(started?.body ?? '')).toMatchObject({
      messageId: 'm-1',
      event: { messageId: 'm-1' },
    });
  });

  it('that is slow is not called any more when the functions of a request have taken half a second', () => {
    let [clockMs, calls] = [nowMs, 0];
    const slow = (): string => {
      calls += 1;
      clockMs += 200;
      return 'key';
    };
    const events = Array.from({ length: 10 }, (_none, index) => trackEvent({ messageId: `m-${index}` }));
    const sorted = sort(events, [winBack(slow), orders], { now: () => clockMs });
    expect(calls).toBe(3);
    expect(sorted.wanted).toHaveLength(10);
    expect(cancellationsIn(sorted)).toHaveLength(3);
    expect(sorted.failedCancelKeys).toEqual([{ trigger: 'win-back', count: 7, at: undefined }]);
    expect(sort(events.slice(0, 1), [winBack(slow)], { now: () => clockMs }).failedCancelKeys).toEqual([]);
  });
});
