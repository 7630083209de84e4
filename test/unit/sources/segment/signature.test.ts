import { describe, expect, it } from 'vitest';
import { signSegmentRequest } from '../../../../functions/sources/segment/signRequest.ts';
import { isSignature, isSignedWith, segmentSignature } from '../../../../functions/sources/segment/source.ts';
import { batchVector, eventVectors } from './signatureVectors.ts';

const secret = 'shared-secret';
const upgrade = '{"type":"track","event":"plan_upgraded","messageId":"m-1"}';
const upgradeSignature = 'af49b534f29f284a926d0866c84c54cf8c6d7326';

describe("Segment's signature of one event", () => {
  it.each(eventVectors)('of $what is what OpenSSL says', ({ event, body, signature }) => {
    expect(JSON.stringify(event)).toBe(body);
    expect(segmentSignature(body, secret)).toBe(signature);
    expect(segmentSignature(Buffer.from(body, 'utf8'), secret)).toBe(signature);
  });

  it.each(eventVectors)('of $what is the same from the public signer, in either header', (vector) => {
    const { event, body, signature } = vector;
    for (const header of ['x-signature', 'x-segment-signature'] as const) {
      const signed = signSegmentRequest({ payload: event, secret, header });
      expect(signed.body).toBe(body);
      expect(signed.headers[header]).toBe(signature);
    }
  });

  it('takes a secret with non-ASCII characters as UTF-8', () => {
    expect(segmentSignature(upgrade, 'geheim-schlüssel')).toBe('79cea15d6e260f9e3edbb040670d0f1ff747ef4d');
  });
});

describe("Segment's signature of a batch", () => {
  const { events, body, ofFirst, ofWhole } = batchVector;

  it('covers only the first event in X-Signature', () => {
    const signed = signSegmentRequest({ payload: events, secret, header: 'x-signature' });
    expect(signed.body).toBe(body);
    expect(signed.headers).toMatchObject({ 'x-signature': ofFirst });
    expect(signed.headers).not.toHaveProperty('x-segment-signature');
    expect(segmentSignature(JSON.stringify(events[0]), secret)).toBe(ofFirst);
  });

  it('covers everything in X-Segment-Signature', () => {
    const signed = signSegmentRequest({ payload: events, secret, header: 'x-segment-signature' });
    expect(signed.body).toBe(body);
    expect(signed.headers).toMatchObject({ 'x-segment-signature': ofWhole });
    expect(signed.headers).not.toHaveProperty('x-signature');
    expect(segmentSignature(body, secret)).toBe(ofWhole);
  });
});

describe('a header', () => {
  it.each([upgradeSignature, upgradeSignature.toUpperCase(), '0'.repeat(40)])(
    '%s has the form of a signature',
    (header) => {
      expect(isSignature(header)).toBe(true);
    },
  );

  it.each([
    ['nothing', ''],
    ['39 characters', upgradeSignature.slice(1)],
    ['41 characters', `${upgradeSignature}0`],
    ['a prefix', `sha1=${upgradeSignature}`],
    ['two, joined by a comma', `${upgradeSignature}, ${upgradeSignature}`],
    ['a line break behind it', `${upgradeSignature}\n`],
    ['40 characters that are not hex', 'g'.repeat(40)],
    ['full-width digits', '０'.repeat(40)],
  ])('%s does not have the form of a signature', (_what, header) => {
    expect(isSignature(header)).toBe(false);
  });
});

describe('checking a signature', () => {
  const oldSignature = '5e8aefb6befb343b69700a71f9c09c9de045a582';

  it('succeeds with any of the secrets in force', () => {
    expect(isSignedWith(upgrade, upgradeSignature, [secret, 'old-secret'])).toBe(true);
    expect(isSignedWith(upgrade, oldSignature, [secret, 'old-secret'])).toBe(true);
  });

  it('accepts upper-case hex', () => {
    expect(isSignedWith(upgrade, upgradeSignature.toUpperCase(), [secret])).toBe(true);
  });

  it('fails with another secret, another text, or no secret at all', () => {
    expect(isSignedWith(upgrade, oldSignature, [secret])).toBe(false);
    expect(isSignedWith(`${upgrade} `, upgradeSignature, [secret])).toBe(false);
    expect(isSignedWith(upgrade, upgradeSignature, [])).toBe(false);
  });
});
