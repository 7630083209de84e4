import type { ReadEvent, Source } from '../source.ts';
import { authenticateSegment, isSignedBySegment, type SegmentAuthenticationOptions } from './authenticate.ts';
import { parseSegmentCredentials, type SegmentCredentials } from './credentials.ts';
import { parseSegmentEvent } from './event.ts';

/** Segment as a source: its events are what they are. */
export function createSource(options: SegmentAuthenticationOptions): Source<SegmentCredentials> {
  return {
    name: 'segment',
    title: 'Segment',
    advice: {
      tooLarge: 'lower the Batch Size of the mapping',
      noEvents: "check the mapping's Data field",
    },
    parseCredentials: parseSegmentCredentials,
    authenticate: (request, credentials) => authenticateSegment(request, credentials, options),
    isSigned: (request, { sharedSecret }) => isSignedBySegment(request, sharedSecret),
    toEvent: readSegmentEvent,
  };
}

/** Reads an element, which the filters are matched against as Segment has sent it. */
export function readSegmentEvent(element: unknown): ReadEvent {
  const parsed = parseSegmentEvent(element);
  return parsed.ok ? { ...parsed, filtered: element } : parsed;
}
