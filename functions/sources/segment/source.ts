import { createHmac, timingSafeEqual } from 'node:crypto';
import { parseElements, textOf } from '../../schema/untrustedJson.ts';
import type { Authentication, ReadEvent, Source, SourceRequest } from '../source.ts';
import { hasBearerToken } from './bearerToken.ts';
import { parseSegmentCredentials, type SegmentCredentials } from './credentials.ts';
import { parseSegmentEvent } from './event.ts';
import { firstElement } from './firstElement.ts';
import {
  emptyBody,
  firstEventIsNull,
  malformedSignature,
  notSigned,
  onlyFirstEventIsSigned,
  unreadable,
  wrongSignature,
  wrongToken,
} from './refusals.ts';
import { unsignedVariant, unsupportedVariant } from './unsupportedVariant.ts';

/** Signs the whole request body; sent when "Use X-Segment-Signature Header" is on at the destination. */
export const wholeBodyHeader = 'x-segment-signature';
/** Signs a single event, or only the first event of a batch. */
export const legacyHeader = 'x-signature';

/** Choices of the operator. */
export interface SegmentAuthenticationOptions {
  /**
   * Accepts a batch of which only the first event is signed, without a bearer token. Whoever has seen one
   * signed event can then forge others.
   */
  readonly allowFirstEventSignature: boolean;
}

const hexSha1 = /^[0-9a-f]{40}$/i;

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

/**
 * Decides whether a request comes from Segment, by any of its three forms: `X-Segment-Signature` over the whole
 * body; `X-Signature` over a single event; `X-Signature` over only the first event of a batch, which also needs
 * the mapping's bearer token.
 *
 * The elements returned are parsed from the text that was verified, without keys that reach a prototype.
 */
export function authenticateSegment(
  request: SourceRequest,
  credentials: SegmentCredentials,
  options: SegmentAuthenticationOptions,
): Authentication {
  const { body, headers } = request;
  if (body.length === 0) {
    return emptyBody;
  }
  const header = headers[wholeBodyHeader] === undefined ? legacyHeader : wholeBodyHeader;
  const signature = headers[header];
  if (signature === undefined) {
    const text = textOf(body);
    return text.startsWith('[null') ? firstEventIsNull : (unsignedVariant(text) ?? notSigned);
  }
  if (!isSignature(signature)) {
    return malformedSignature(header, signature);
  }
  if (isSignedWith(body, signature, credentials.sharedSecret)) {
    return parseVerified(textOf(body));
  }
  const isSigned = (text: string): boolean => isSignedWith(text, signature, credentials.sharedSecret);
  const text = textOf(body);
  const first = header === legacyHeader ? firstElement(text) : undefined;
  return first !== undefined && isSigned(first)
    ? authenticateBatch(text, first, headers.authorization, credentials, options)
    : (unsupportedVariant(request, text, isSigned) ?? wrongSignature(header));
}

/** Whether Segment has signed a request, or the first event of it, whatever else is wrong with it. */
export function isSignedBySegment({ body, headers }: SourceRequest, secrets: readonly string[]): boolean {
  const header = headers[wholeBodyHeader] === undefined ? legacyHeader : wholeBodyHeader;
  const signature = headers[header];
  if (signature === undefined || body.length === 0 || !isSignature(signature)) {
    return false;
  }
  if (isSignedWith(body, signature, secrets)) {
    return true;
  }
  const first = header === legacyHeader ? firstElement(textOf(body)) : undefined;
  return first !== undefined && isSignedWith(first, signature, secrets);
}

/** A batch of which only the first event is signed, which proves nothing about the others. */
function authenticateBatch(
  text: string,
  first: string,
  authorization: string | undefined,
  { bearerToken }: SegmentCredentials,
  { allowFirstEventSignature }: SegmentAuthenticationOptions,
): Authentication {
  const coversAll = text === `[${first}]`;
  if (coversAll || allowFirstEventSignature || hasBearerToken(authorization ?? '', bearerToken)) {
    return parseVerified(text);
  }
  return authorization === undefined ? onlyFirstEventIsSigned : wrongToken;
}

function parseVerified(text: string): Authentication {
  const parsed = parseElements(text);
  return parsed.ok ? parsed : unreadable[parsed.problem];
}

/**
 * Segment's signature: HMAC-SHA1 with the shared secret as key, 40 lower-case hex characters.
 *
 * Source: `destinations/webhook/index.ts` of segmentio/action-destinations.
 *
 * @param signed what Segment signs: `JSON.stringify` of what it sends (or of the first event of a batch)
 * @example segmentSignature('{"type":"track"}', 'secret') // vectors: test/unit/sources/segment/signature.test.ts
 */
export function segmentSignature(signed: string | Uint8Array, secret: string): string {
  return createHmac('sha1', secret).update(signed).digest('hex');
}

/** Whether a header has the form of a signature; two headers joined by a comma, for instance, do not. */
export function isSignature(header: string): boolean {
  return hexSha1.test(header);
}

/**
 * Compares a signature with the one that each secret gives, in constant time.
 * Every secret is tried even after one has matched, so that the time does not tell which one it was.
 *
 * @param signature must satisfy {@link isSignature}
 */
export function isSignedWith(
  signed: string | Uint8Array,
  signature: string,
  secrets: readonly string[],
): boolean {
  const given = Buffer.from(signature.toLowerCase(), 'ascii');
  let matched = false;
  for (const secret of secrets) {
    const expected = Buffer.from(segmentSignature(signed, secret), 'ascii');
    matched = timingSafeEqual(given, expected) || matched;
  }
  return matched;
}
