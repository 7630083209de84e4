import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { segOpsEvent } from '../../../../functions/sources/segops/toEvent.ts';
import { anyJson } from '../../jsonArbitrary.ts';

const recomputed = {
  event: 'segment.recomputed',
  tenant_slug: 'acme',
  segment_id: 42,
  segment_name: 'High LTV Buyers',
  member_count: 1842,
  computed_at: '2026-05-02T14:32:00Z',
};

function messageIdOf(changes: object): string | undefined {
  const read = segOpsEvent({ ...recomputed, ...changes });
  return read.ok ? read.event.messageId : undefined;
}

describe('an event of SegOps', () => {
  it('becomes "Segment Recomputed", with all members as properties and the time of the computation', () => {
    const mapped = {
      type: 'track',
      event: 'Segment Recomputed',
      messageId: 'acme/42/1777732320',
      timestamp: '2026-05-02T14:32:00.000Z',
      properties: recomputed,
    };
    expect(segOpsEvent(recomputed)).toEqual({
      ok: true,
      event: { ...mapped, traits: {}, context: {}, integrations: {} },
      filtered: mapped,
    });
  });

  it('has another message id for another tenant, segment and computation only', () => {
    expect(messageIdOf({ member_count: 7, segment_name: 'Renamed' })).toBe(messageIdOf({}));
    expect(messageIdOf({ computed_at: '2026-05-02T16:32:00.400+02:00' })).toBe(messageIdOf({}));
    expect(messageIdOf({ segment_id: '42' })).toBe(messageIdOf({}));
    const others = [{ tenant_slug: 'b' }, { segment_id: 43 }, { computed_at: '2026-05-02T14:32:01Z' }];
    expect(new Set([{}, ...others].map(messageIdOf)).size).toBe(4);
  });

  it.each(['tenant_slug', 'segment_id', 'computed_at'])('is invalid without its %s', (field) => {
    expect(segOpsEvent({ ...recomputed, [field]: undefined })).toEqual({
      ok: false,
      problem: expect.stringContaining(`${field}: expected`),
    });
  });

  it('that we do not know keeps its name, and is told from others by its content', () => {
    expect(segOpsEvent({ event: 'segment.deleted', segment_id: 42 })).toMatchObject({
      ok: true,
      event: { type: 'track', event: 'segment.deleted', properties: { segment_id: 42 } },
    });
    expect(messageIdOf({ event: 'segment.deleted' })).toBeUndefined();
  });

  it('is read or refused whatever its members are, and nothing throws', () => {
    const members = fc.record(
      {
        event: fc.oneof(fc.constant('segment.recomputed'), anyJson),
        tenant_slug: anyJson,
        segment_id: anyJson,
        computed_at: anyJson,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(members, anyJson), (element) => {
        const read = segOpsEvent(element);
        expect(read.ok ? read.event.type : read.problem).toBeTypeOf('string');
      }),
    );
  });
});
