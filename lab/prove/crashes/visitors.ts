import type { Profile } from '../../../simulators/segment/profiles/profile.ts';
import type { SegOpsSegment } from '../../../simulators/segops/segment.ts';
import { visitorOf } from './scenario.ts';

const knownAtMs = Date.now();

/** The user of each case, as Segment knows it. */
export function profilesOf(count: number): readonly Profile[] {
  return Array.from({ length: count }, (_none, index) => ({
    segmentId: `use_${index + 1}`,
    ids: [{ type: 'user_id', id: visitorOf(index + 1), sourceId: 'src_web' }],
    traits: { plan: { value: 'trial', sourceId: 'src_web' } },
    events: [{ event: 'Order Completed', properties: {}, sourceId: 'src_ios', atMs: knownAtMs }],
    createdAtMs: knownAtMs,
    updatedAtMs: knownAtMs,
  }));
}

/** The segment of each case at SegOps: its user, and two that nobody else knows. */
export function segmentsOf(count: number): readonly SegOpsSegment[] {
  return Array.from({ length: count }, (_none, index) => ({
    id: index + 1,
    name: `Case ${index + 1}`,
    description: '',
    definition: {},
    members: [visitorOf(index + 1), `other-${index + 1}-1`, `other-${index + 1}-2`],
    lastComputedAtMs: knownAtMs,
  }));
}
