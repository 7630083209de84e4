import { describe, expect, it } from 'vitest';
import { functionUrlEvent, sharedSecret } from '../../bench/load/functionUrlEvent.ts';
import { segmentEvents } from '../../bench/load/segmentEvents.ts';
import triggers from '../../bench/triggers.ts';
import { parseSegmentEvent } from '../../functions/sources/segment/event.ts';
import { isSignedWith } from '../../functions/sources/segment/signature.ts';
import { compileTriggers, matchTriggers } from '../../functions/triggers/matchTriggers.ts';

const compiled = compileTriggers(triggers);
const triggersOf = (event: object | undefined): readonly string[] => {
  const parsed = parseSegmentEvent(event);
  return parsed.ok ? matchTriggers(compiled, 'default', parsed.event).map(({ name }) => name) : ['invalid'];
};

describe('the load of the bench', () => {
  it('has events of 1 KB, each with a message id of its own', () => {
    const events = segmentEvents(50, 'wanted').map((event) => JSON.stringify(event));
    expect(new Set(events.map((text) => text.length))).toEqual(new Set([1_000]));
    expect(new Set(events.map((text) => JSON.parse(text).messageId)).size).toBe(50);
  });

  it('has events that one trigger wants, and events that none does', () => {
    expect(triggersOf(segmentEvents(1, 'wanted')[0])).toEqual(['plan-upgraded']);
    expect(triggersOf(segmentEvents(1, 'ignored')[0])).toEqual([]);
  });

  it('is signed over the whole body', () => {
    const { body, headers } = functionUrlEvent(segmentEvents(3, 'wanted')) as {
      readonly body: string;
      readonly headers: Readonly<Record<string, string>>;
    };
    expect(isSignedWith(body, headers['x-segment-signature'] ?? '', [sharedSecret])).toBe(true);
  });
});
