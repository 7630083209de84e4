import { describe, expect, it } from 'vitest';
import {
  isSignedBySendGrid,
  signatureHeader,
  timestampHeader,
} from '../../../../functions/sources/sendgrid/authenticate.ts';
import { sendGridHeaders, signSendGridRequest } from '../../../../functions/sources/sendgrid/signRequest.ts';
import { officialVectors, oneEvent, twoEvents } from './officialVectors.ts';
import { authenticate, credentialsOf, newKeys, nowMs } from './sendGridRequests.ts';

const hourMs = 3_600_000;
const keys = newKeys();
const credentials = credentialsOf(keys.publicKey);
const events = [{ email: 'jane@example.com', event: 'open', sg_event_id: 'e-1', timestamp: 1_795_176_000 }];

function signedAt(signedAtMs: number): ReturnType<typeof signSendGridRequest> {
  return signSendGridRequest({ events, privateKey: keys.privateKey, signedAtMs });
}

/** What is answered, or the number of elements. */
function verdict(
  { body, headers }: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
  atMs: number = nowMs,
): object {
  const authentication = authenticate({ body, headers }, credentials, atMs);
  return authentication.ok ? { elements: authentication.elements.length } : authentication.refusal;
}

describe("SendGrid's official vectors", () => {
  it.each(officialVectors)('are accepted: timestamp $timestamp', (vector) => {
    const { publicKey, signature, timestamp, body } = vector;
    const headers = { [signatureHeader]: signature, [timestampHeader]: timestamp };
    const atMs = Number(timestamp) * 1000;
    const authentication = authenticate({ headers, body }, credentialsOf(publicKey), atMs);
    expect(authentication).toEqual({ ok: true, elements: JSON.parse(body) });
  });

  it.each([
    ['another key', { publicKey: twoEvents.publicKey }],
    ['another body', { body: 'payload' }],
    ['another signature', { signature: oneEvent.signature.replace('HQVtGj', 'HQVtGk') }],
    ['another timestamp', { timestamp: '1600112503' }],
    ['the body without its last line break', { body: oneEvent.body.trimEnd() }],
    ['the body with other line breaks', { body: oneEvent.body.replaceAll('\r\n', '\n') }],
  ])('are refused with %s', (_what, change) => {
    const { publicKey, signature, timestamp, body } = { ...oneEvent, ...change };
    const headers = { [signatureHeader]: signature, [timestampHeader]: timestamp };
    const authentication = authenticate({ headers, body }, credentialsOf(publicKey), 1_600_112_502_000);
    expect(authentication).toMatchObject({ ok: false, refusal: { status: 401, signature: 'wrong' } });
  });
});

describe('a request of SendGrid', () => {
  it('is accepted when any of several public keys fits', () => {
    const several = credentialsOf(newKeys().publicKey, keys.publicKey);
    expect(authenticate(signedAt(nowMs), several).ok).toBe(true);
  });

  it('may be a public key with the lines that PEM has around it', () => {
    const armoured = `-----BEGIN PUBLIC KEY-----\n${keys.publicKey}\n-----END PUBLIC KEY-----`;
    expect(authenticate(signedAt(nowMs), credentialsOf(armoured)).ok).toBe(true);
  });

  it('is accepted with non-ASCII text, over its bytes', () => {
    const request = signSendGridRequest({
      events: [{ ...events[0], subject: 'Zoë €' }],
      privateKey: keys.privateKey,
      signedAtMs: nowMs,
    });
    expect(verdict(request)).toEqual({ elements: 1 });
  });

  it('is accepted up to 25 hours after it was signed, because SendGrid tries again for 24 hours', () => {
    expect(verdict(signedAt(nowMs - 25 * hourMs))).toEqual({ elements: 1 });
    expect(verdict(signedAt(nowMs - 25 * hourMs - 1000))).toMatchObject({
      status: 401,
      detail: expect.stringContaining('more than 25 hours ago'),
    });
  });

  it('is refused when it was signed more than 5 minutes ahead', () => {
    expect(verdict(signedAt(nowMs + 300_000))).toEqual({ elements: 1 });
    expect(verdict(signedAt(nowMs + 301_000))).toMatchObject({
      status: 401,
      detail: expect.stringContaining('5 minutes ahead'),
    });
  });

  it('is refused unsigned, and told how to sign', () => {
    const { body } = signedAt(nowMs);
    expect(verdict({ body, headers: {} })).toMatchObject({
      status: 401,
      signature: 'missing',
      detail: expect.stringContaining('Enable Signed Event Webhook'),
    });
  });

  it.each([
    ['', 'wrong'],
    ['not base64!', 'wrong'],
    ['AAAA,AAAA', 'wrong'],
    ['AAAAAAAAAAAA', 'wrong'],
  ])('is refused with the signature "%s"', (signature) => {
    const { body, headers } = signedAt(nowMs);
    expect(verdict({ body, headers: { ...headers, [signatureHeader]: signature } })).toMatchObject({
      status: 401,
      signature: 'wrong',
    });
  });

  it.each(['', 'now', '-1', '1.5', '1'.repeat(13)])('is refused with the timestamp "%s"', (timestamp) => {
    const { body, headers } = signedAt(nowMs);
    expect(verdict({ body, headers: { ...headers, [timestampHeader]: timestamp } })).toMatchObject({
      status: 401,
      signature: 'wrong',
    });
  });

  it('may have another secret only when the signature does not match', () => {
    const other = credentialsOf(newKeys().publicKey);
    expect(authenticate(signedAt(nowMs), other)).toMatchObject({ refusal: { mayBeRotated: true } });
    expect(verdict(signedAt(nowMs - 26 * hourMs))).toMatchObject({ mayBeRotated: false });
  });

  it.each([
    ['no events', '[]', 'no events'],
    ['text', 'hello', 'not JSON'],
    ['numbers', '[1]', 'not an array of events'],
  ])('with %s that is signed is answered 400', (_what, body, detail) => {
    const headers = sendGridHeaders(body, keys.privateKey, nowMs);
    expect(verdict({ body, headers })).toMatchObject({
      status: 400,
      signature: 'right',
      detail: expect.stringContaining(detail),
    });
  });

  it('counts as signed whatever its age, for the alarm on lost events', () => {
    expect(isSignedBySendGrid(signedAt(0), credentials)).toBe(true);
    expect(isSignedBySendGrid({ ...signedAt(0), body: '[]' }, credentials)).toBe(false);
    expect(isSignedBySendGrid({ body: '[]', headers: {} }, credentials)).toBe(false);
  });
});
