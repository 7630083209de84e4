import { sourceOfShape } from '../../cli/triggers/dryRun/readElement.ts';
import type { SourceName } from '../../functions/sources/source.ts';
import { isBatch, type SegmentPayload } from '../../simulators/segment/payload.ts';
import type { EventLine } from '../../simulators/segment/readEvents.ts';
import { shiftToNow } from '../../simulators/segment/shiftToNow.ts';
import { shiftedPosts } from '../scenario/otherRequests.ts';

/** A request that a source makes, or somebody who does not have its key. */
export interface AppRequest {
  /** As it was found, such as `events/churn-signal.ndjson`. */
  readonly file: string;
  readonly source: SourceName;
  readonly payload: SegmentPayload;
  /** `again`: as a source sends a request whose answer was lost. `forged`: with a wrong signature. */
  readonly variant: 'genuine' | 'again' | 'forged';
}

/**
 * The requests of events files, one a line: the shape of a line says which source makes it. The times are moved so that they end
 * at a moment. Of each source, the first request is sent again in the end, and then with a wrong signature.
 */
export function appRequests(lines: readonly EventLine[], nowMs: number): readonly AppRequest[] {
  const genuine = lines.map(({ file, payload }) => ({ file, source: sourceOfPayload(payload), payload }));
  const files = new Set(genuine.map(({ file }) => file));
  const moved = [...files].flatMap((file) =>
    (['segment', 'sendgrid', 'segops'] as const).flatMap((source) => {
      const posts = genuine.filter((request) => request.file === file && request.source === source);
      return movedTo(
        nowMs,
        source,
        posts.map(({ payload }) => payload),
      ).map((payload) => ({ file, source, payload, variant: 'genuine' as const }));
    }),
  );
  const firsts = [...new Map(moved.toReversed().map((request) => [request.source, request])).values()];
  return [
    ...moved,
    ...firsts.map((request) => ({ ...request, variant: 'again' as const })),
    ...firsts.map((request) => ({ ...request, variant: 'forged' as const })),
  ];
}

/** The events of a request. */
export function elementsOf(payload: SegmentPayload): readonly unknown[] {
  return isBatch(payload) ? payload : [payload];
}

function sourceOfPayload(payload: SegmentPayload): SourceName {
  return sourceOfShape(elementsOf(payload)[0]);
}

/** SegOps posts one event at a time. Posts of SendGrid and SegOps keep their distances, because their ids derive from times. */
function movedTo(
  nowMs: number,
  source: SourceName,
  payloads: readonly SegmentPayload[],
): readonly SegmentPayload[] {
  if (source === 'segment') {
    return payloads.map((payload) => shiftToNow(payload, nowMs));
  }
  const posts = payloads.map((payload) =>
    (isBatch(payload) ? payload : [payload]).filter((one) => one !== null),
  );
  const moved = shiftedPosts(posts, source, nowMs);
  return source === 'segops' ? moved.flat() : moved;
}
