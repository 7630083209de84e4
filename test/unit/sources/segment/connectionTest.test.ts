import { parseFql, validate } from '@segment/destination-subscriptions';
import { describe, expect, it } from 'vitest';
import { connectionTestFilter, isConnectionTest } from '../../../../functions/sources/segment/event.ts';
import { checkFqlSyntax } from '../../../../functions/triggers/fqlSyntax.ts';
import { segmentEvent, trackEvent } from '../../segmentEvents.ts';

/** Mappings at Segment let it through by this name: no release may change it. */
const name = 'Mavera Triggers Connection Test';

describe('the event that tests the connection', () => {
  it.each([
    ['the event of this name', { event: name }, true],
    ['another event', { event: 'Order Completed' }, false],
    ['an event of nearly this name', { event: `${name} ` }, false],
    ['another message of this name', { type: 'page', event: name }, false],
  ])('is recognised, here and by the filter of a mapping: %s', (_what, changes, expected) => {
    const event = segmentEvent(trackEvent(changes));
    expect(isConnectionTest(event)).toBe(expected);
    expect(validate(parseFql(connectionTestFilter), event)).toBe(expected);
  });

  it('passes a mapping with a filter that Segment reads correctly', () => {
    expect(() => checkFqlSyntax(connectionTestFilter)).not.toThrow();
  });
});
