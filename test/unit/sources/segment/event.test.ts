import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSegmentEvent, type SegmentEvent } from '../../../../functions/sources/segment/event.ts';
import { anyJson } from '../../jsonArbitrary.ts';
import { audienceIdentifyEvent, trackEvent } from '../../segmentEvents.ts';

function read(element: unknown): SegmentEvent {
  const parsed = parseSegmentEvent(element);
  if (!parsed.ok) {
    throw new Error(`refused: ${parsed.problem}`);
  }
  return parsed.event;
}

function problemOf(element: unknown): string {
  const parsed = parseSegmentEvent(element);
  if (parsed.ok) {
    throw new Error('the element was read');
  }
  return parsed.problem;
}

describe('an event as Segment sends it', () => {
  it('is read with all its members', () => {
    expect(read(trackEvent())).toEqual({ ...trackEvent(), traits: {} });
  });

  it('of an audience is read, with nanoseconds and with objects among its integrations', () => {
    const { sentAt: _, ...audience } = audienceIdentifyEvent();
    expect(read(audienceIdentifyEvent())).toEqual({ ...audience, properties: {} });
  });

  it.each(['track', 'identify', 'page', 'screen', 'group', 'alias', 'delete'])(
    'is read when it is a bare %s: every other member is optional',
    (type) => {
      expect(read({ type })).toEqual({ type, properties: {}, traits: {}, context: {}, integrations: {} });
    },
  );

  it.each(['userId', 'anonymousId', 'groupId', 'previousId', 'event', 'name', 'category'] as const)(
    'has no %s where Segment sends null',
    (member) => {
      expect(read({ type: 'track', [member]: null })[member]).toBeUndefined();
    },
  );

  it.each(['properties', 'traits', 'context', 'integrations'] as const)(
    'has empty %s where Segment sends null or nothing',
    (member) => {
      expect(read({ type: 'track', [member]: null })[member]).toEqual({});
      expect(read({ type: 'track' })[member]).toEqual({});
    },
  );

  it.each(['userId', 'anonymousId', 'groupId', 'previousId', 'event', 'name', 'category'] as const)(
    'has a string as %s where a mapping made it a number',
    (member) => {
      expect(read({ type: 'track', [member]: 42 })[member]).toBe('42');
      expect(read({ type: 'track', [member]: 0 })[member]).toBe('0');
    },
  );

  it.each(['userId', 'anonymousId', 'groupId', 'previousId', 'event', 'name', 'category'] as const)(
    'is not lost because its %s is neither a string nor a number: the member is absent',
    (member) => {
      for (const value of [{ a: 1 }, {}, ['a'], [], true, false]) {
        expect(read({ type: 'track', [member]: value })[member]).toBeUndefined();
      }
    },
  );

  it.each(['userId', 'anonymousId', 'groupId', 'previousId'] as const)(
    'has no %s where it is empty',
    (member) => {
      expect(read({ type: 'track', [member]: '' })[member]).toBeUndefined();
    },
  );

  it.each(['event', 'name', 'category'] as const)('has an empty %s where it is empty', (member) => {
    expect(read({ type: 'track', [member]: '' })[member]).toBe('');
  });

  it.each(['context', 'integrations'] as const)(
    'is not lost because its %s are not an object: they are empty',
    (member) => {
      for (const value of [[], [1], 'text', 5, true]) {
        expect(read({ type: 'track', [member]: value })[member]).toEqual({});
      }
    },
  );

  it.each([undefined, null, '', 17, true, {}, ['m-1']])('has no message id where it is %j', (messageId) => {
    expect(read(trackEvent({ messageId })).messageId).toBeUndefined();
  });

  it.each(['timestamp', 'originalTimestamp', 'sentAt', 'receivedAt'] as const)(
    'is not lost because its %s is not a string',
    (member) => {
      expect(read({ type: 'track', [member]: '2024-05-03T19:42:50.066179717Z' })[member]).toBe(
        '2024-05-03T19:42:50.066179717Z',
      );
      for (const value of [null, '', 1_714_765_370, {}]) {
        expect(read({ type: 'track', [member]: value })[member]).toBeUndefined();
      }
    },
  );

  it('keeps nulls, empty strings and deep values inside its free-form members', () => {
    const properties = { plan: null, note: '', items: [{ id: 1, price: null }] };
    expect(read({ type: 'track', properties }).properties).toEqual(properties);
  });

  it('keeps unknown members', () => {
    const event = read(trackEvent({ channel: 'server', projectId: 'p', _metadata: { bundled: ['x'] } }));
    expect(event).toMatchObject({
      channel: 'server',
      projectId: 'p',
      _metadata: { bundled: ['x'] },
      version: 2,
    });
  });

  it('does not keep the write key', () => {
    const event = read(trackEvent({ writeKey: 'the-write-key' }));
    expect(JSON.stringify(event)).not.toContain('the-write-key');
    expect(Reflect.get(event, 'writeKey')).toBeUndefined();
  });

  it('takes no member from a __proto__ key', () => {
    const event = read(JSON.parse('{"type":"track","__proto__":{"userId":"forged","messageId":"forged"}}'));
    expect(event.userId).toBeUndefined();
    expect(event.messageId).toBeUndefined();
    expect(Reflect.get({}, 'userId')).toBeUndefined();
  });

  it('is read the same after it was written as JSON', () => {
    const once = read(audienceIdentifyEvent({ userId: 12, extra: [null] }));
    expect(read(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });
});

describe('an element that is not an event', () => {
  it.each([null, undefined, 'text', 5, true, [], [{ type: 'track' }]])('%j is refused', (element) => {
    expect(problemOf(element)).toContain('expected object');
  });

  it.each([
    ['an unknown type', { type: 'trak' }],
    ['a type in capitals', { type: 'Track' }],
    ['no type', { event: 'x' }],
    ['a null type', { type: null }],
  ])('is refused with %s, and the problem names `type` and the possible types', (_what, element) => {
    expect(problemOf(element)).toMatch(/^type: .*track.*identify.*page.*screen.*group.*alias.*delete/);
  });

  it.each(['properties', 'traits'])(
    'is refused when its %s are not an object, and the problem names them',
    (member) => {
      for (const value of [[], [1], 'text', 5, true]) {
        expect(problemOf({ type: 'track', [member]: value })).toBe(`${member}: expected an object`);
      }
    },
  );

  it('is refused with all of its problems at once', () => {
    expect(problemOf({ type: 'track', properties: [], traits: 'x' })).toBe(
      'properties: expected an object; traits: expected an object',
    );
  });

  it('is refused without the value that was found', () => {
    const hidden = 'jane@example.com';
    for (const element of [
      hidden,
      { type: hidden },
      { type: 'track', properties: [hidden] },
      { type: 'track', traits: hidden },
      { type: [hidden] },
      { type: 'track', properties: { email: hidden }, traits: [{ email: hidden }] },
    ]) {
      expect(problemOf(element)).not.toContain(hidden);
    }
  });

  it('never throws', () => {
    fc.assert(
      fc.property(anyJson, (element) => {
        expect(() => parseSegmentEvent(element)).not.toThrow();
      }),
    );
  });
});
