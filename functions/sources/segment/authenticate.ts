import { createHash, timingSafeEqual } from 'node:crypto';
import { scan } from 'secure-json-parse';
import type { Authentication, SourceRequest } from '../source.ts';
import type { SegmentCredentials } from './credentials.ts';
import { isPlainObject } from './event.ts';
import { firstElement } from './firstElement.ts';
import { isSignature, isSignedWith, legacyHeader, wholeBodyHeader } from './signature.ts';

/** Choices of the operator. */
export interface SegmentAuthenticationOptions {
  /**
   * Accepts a batch of which only the first event is signed, without a bearer token: whoever has seen one
   * signed event can then forge others.
   */
  readonly allowFirstEventSignature: boolean;
}

/** Segment sends 4,000 at most; many more tiny ones would keep a receiver busy beyond its time. */
const maxElements = 10_000;
/** Keys that could reach a prototype, written plainly or with escapes. */
const suspiciousKey = /__proto__|constructor|\\u00/i;
const bearer = /^Bearer +(.+)$/i;

/**
 * Decides whether a request comes from Segment, by any of its three forms: `X-Segment-Signature` over the whole
 * body; `X-Signature` over a single event; `X-Signature` over no more than the first event of a batch, which is
 * let in only with the mapping's bearer token.
 *
 * The elements returned are parsed from the text that was verified, without keys that reach a prototype.
 */
export function authenticateSegment(
  request: SourceRequest,
  credentials: SegmentCredentials,
  options: SegmentAuthenticationOptions,
): Authentication {
  if (request.body.length === 0) {
    return refuse(400, "The body is empty: check that the mapping's Data field resolves to the event ($.)");
  }
  const name = request.headers[wholeBodyHeader] === undefined ? legacyHeader : wholeBodyHeader;
  const signature = request.headers[name];
  if (signature === undefined && textOf(request.body).startsWith('[null')) {
    return refuse(
      400,
      `The first event of the batch is null, and Segment signs none of such a batch: ${checkData}`,
    );
  }
  if (signature === undefined) {
    return refuse(401, `The request is not signed: ${setSharedSecret}`);
  }
  if (!isSignature(signature)) {
    return refuse(401, malformedSignature(name, signature));
  }
  if (isSignedWith(request.body, signature, credentials.sharedSecret)) {
    return parseVerified(request.body);
  }
  return name === legacyHeader
    ? authenticateFirstEvent(request, signature, credentials, options)
    : refuseMismatch(name);
}

const checkData = "check that the mapping's Data field resolves to the event ($.)";
const wrongToken =
  "the token of its Authorization header is not this receiver's: correct it in the mapping's Headers";
const setSharedSecret =
  "set the Shared Secret in Segment (Connections > Destinations > the webhook > Settings) to this receiver's";

function malformedSignature(name: string, signature: string): string {
  return signature.includes(',')
    ? `${display(name)} came more than once: remove it from the mapping's Headers, Segment adds its own`
    : `${display(name)} is not 40 hex characters: remove it from the mapping's Headers, Segment adds its own`;
}

/** `X-Signature` over element 0: nothing in it speaks for the other elements. */
function authenticateFirstEvent(
  request: SourceRequest,
  signature: string,
  credentials: SegmentCredentials,
  options: SegmentAuthenticationOptions,
): Authentication {
  const text = textOf(request.body);
  const first = firstElement(text);
  if (first === undefined || !isSignedWith(first, signature, credentials.sharedSecret)) {
    return refuseMismatch(legacyHeader);
  }
  const coversAll = text === `[${first}]`;
  if (coversAll || options.allowFirstEventSignature || hasBearerToken(request, credentials)) {
    return parseVerified(text);
  }
  if (request.headers.authorization !== undefined) {
    return refuse(401, `X-Signature covers only the first event of this batch, and ${wrongToken}`, true);
  }
  return refuse(
    401,
    'X-Signature covers only the first event of this batch, so that the others could be forged. In Segment, ' +
      'turn on "Use X-Segment-Signature Header" in the destination\'s settings, or add the header ' +
      '"Authorization: Bearer <token>" with this receiver\'s token to the mapping, or turn batching off',
    true,
  );
}

function hasBearerToken(request: SourceRequest, credentials: SegmentCredentials): boolean {
  const token = bearer.exec(request.headers.authorization ?? '')?.[1]?.trim();
  if (token === undefined) {
    return false;
  }
  const given = digest(token);
  let matched = false;
  for (const expected of credentials.bearerToken) {
    matched = timingSafeEqual(given, digest(expected)) || matched;
  }
  return matched;
}

/** Tokens of any length become comparable in constant time. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function parseVerified(body: string | Uint8Array): Authentication {
  const text = textOf(body);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse(400, "The body is not JSON: check the mapping's Data field");
  }
  return accept(Array.isArray(value) ? value : [value], text);
}

function accept(elements: readonly unknown[], text: string): Authentication {
  if (elements.length === 0) {
    return refuse(400, 'The batch is empty');
  }
  if (elements.length > maxElements) {
    const limit = maxElements.toLocaleString('en');
    return refuse(400, `The batch has more than ${limit} events: lower the Batch Size of the mapping`);
  }
  if (!elements.some(isPlainObject)) {
    return refuse(
      400,
      "The body is neither an object nor an array of objects: check the mapping's Data field",
    );
  }
  if (suspiciousKey.test(text)) {
    scan(elements, { protoAction: 'remove', constructorAction: 'remove' });
  }
  return { ok: true, elements };
}

function textOf(body: string | Uint8Array): string {
  return typeof body === 'string'
    ? body
    : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
}

function refuseMismatch(name: string): Authentication {
  return refuse(
    401,
    `${display(name)} does not match the body: ${setSharedSecret}, and let nothing change the body on its way`,
    true,
  );
}

function refuse(status: 400 | 401, detail: string, mayBeRotated = false): Authentication {
  return { ok: false, refusal: { status, detail, mayBeRotated } };
}

function display(name: string): string {
  return name === wholeBodyHeader ? 'X-Segment-Signature' : 'X-Signature';
}
