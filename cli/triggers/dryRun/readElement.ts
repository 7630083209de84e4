import { isPlainObject, segmentEventTypes } from '../../../functions/sources/segment/event.ts';
import { readSegmentEvent } from '../../../functions/sources/segment/source.ts';
import { segOpsEvent } from '../../../functions/sources/segops/toEvent.ts';
import { sendGridEvent } from '../../../functions/sources/sendgrid/toEvent.ts';
import type { ReadEvent, SourceName } from '../../../functions/sources/source.ts';

/** The anonymous ids of a deployment are made with a key of its own. */
const addressKey = 'npm run triggers -- dry-run';

/**
 * The source that posts an element of this shape. What looks like none of them is taken for an event of Segment, which then
 * says what is wrong with it.
 */
export function sourceOfShape(element: unknown): SourceName {
  if (!isPlainObject(element) || segmentEventTypes.some((type) => type === element.type)) {
    return 'segment';
  }
  if ('tenant_slug' in element || String(element.event).startsWith('segment.')) {
    return 'segops';
  }
  const isEmail = ['sg_event_id', 'sg_message_id', 'email'].some((member) => member in element);
  return isEmail && 'event' in element ? 'sendgrid' : 'segment';
}

/**
 * Reads an element as the receiver reads it.
 *
 * @param userIdArgument the custom argument of SendGrid that has the user's id
 */
export function readElement(source: SourceName, element: unknown, userIdArgument: string): ReadEvent {
  switch (source) {
    case 'segment':
      return readSegmentEvent(element);
    case 'sendgrid':
      return sendGridEvent(element, { userIdArgument, addressKey });
    case 'segops':
      return segOpsEvent(element);
  }
}
