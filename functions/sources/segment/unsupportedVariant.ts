import type { Authentication, SourceRequest } from '../source.ts';
import { endsOfElements, firstElement } from './firstElement.ts';
import { audienceCall, audienceExtras, extensibleBatch, formEncoded } from './refusals.ts';

/** Larger bodies are not searched: the sender is not authenticated, and each try costs a hash. */
const maxSearchedCharacters = 32_768;
/** The last member of the body with which Webhook Audiences creates or looks up an audience. */
const audienceMember = /"(?:audienceName|externalId)":"(?:[^"\\]|\\.)*"\}$/;
/** Members that Webhook Audiences may have added. */
const maxExtras = 8;

/** The refusal of an unsigned request that another destination of Segment sends. */
export function unsignedVariant(text: string): Authentication | undefined {
  return text.length <= maxSearchedCharacters && audienceMember.test(text) ? audienceCall : undefined;
}

/**
 * The refusal of a request that another destination of Segment has signed with our secret, but not as it is sent. Two
 * destinations do: Extensible Webhook wraps each event of a batch into `{"json": …}` after signing; Webhook Audiences
 * appends the audience's extra fields to the event after signing.
 *
 * Source: `destinations/webhook-extensible` and `webhook-audiences/index.ts` of segmentio/action-destinations.
 *
 * @param isSigned whether the signature of the request is that of a text
 */
export function unsupportedVariant(
  { headers }: SourceRequest,
  text: string,
  isSigned: (text: string) => boolean,
): Authentication | undefined {
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return formEncoded;
  }
  if (text.length > maxSearchedCharacters) {
    return undefined;
  }
  const wrapped = /^\{"json":(.*)\}$/s.exec(firstElement(text) ?? '')?.[1];
  if (wrapped !== undefined && isSigned(wrapped)) {
    return extensibleBatch;
  }
  const hasExtras =
    text.startsWith('{') &&
    [...endsOfElements(text)].slice(-1 - maxExtras, -1).some((end) => isSigned(`${text.slice(0, end)}}`));
  return hasExtras ? audienceExtras : undefined;
}
