import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { segOpsEvent } from '../../functions/sources/segops/toEvent.ts';
import { authenticateSendGrid } from '../../functions/sources/sendgrid/authenticate.ts';
import { signSendGridRequest } from '../../functions/sources/sendgrid/signRequest.ts';
import { sendGridEvent } from '../../functions/sources/sendgrid/toEvent.ts';
import type { ReadEvent } from '../../functions/sources/source.ts';

const recipients = { userIdArgument: 'user_id', addressKey: 'a key for addresses' };

/** Each line of a file is one request. */
function requestsOf(file: string): readonly unknown[] {
  const lines = readFileSync(new URL(`../../examples/${file}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line): unknown => JSON.parse(line));
}

function countByName(reads: readonly ReadEvent[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const read of reads) {
    const name = read.ok ? (read.event.event ?? '') : `invalid: ${read.problem}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe("SendGrid's example requests", () => {
  const requests = requestsOf('sendgrid/e-mails.ndjson') as readonly (readonly object[])[];
  const reads = requests.flat().map((element) => sendGridEvent(element, recipients));

  it('hold each kind of event but a change of the account', () => {
    expect(countByName(reads)).toEqual({
      'Email Processed': 1,
      'Email Delivered': 1,
      'Email Deferred': 1,
      'Email Opened': 2,
      'Email Link Clicked': 2,
      'Email Bounced': 2,
      'Email Dropped': 1,
      'Email Marked as Spam': 1,
      Unsubscribed: 2,
      Resubscribed: 1,
    });
  });

  it('have a message id each, and a user or an anonymous id', () => {
    const events = reads.flatMap((read) => (read.ok ? [read.event] : []));
    expect(new Set(events.map(({ messageId }) => messageId)).size).toBe(events.length);
    expect(events.filter(({ userId, anonymousId }) => (userId ?? anonymousId) === undefined)).toEqual([]);
  });

  it('are accepted as SendGrid frames them: with a line break after each event', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    for (const events of requests) {
      const request = signSendGridRequest({ events, privateKey, signedAtMs: 0 });
      expect(request.body.split('\r\n')).toHaveLength(events.length + 1);
      expect(authenticateSendGrid(request, { publicKey: [publicKey] }, 0)).toEqual({
        ok: true,
        elements: events,
      });
    }
  });
});

describe("SegOps's example requests", () => {
  it('are computations of segments, each with a message id of its own', () => {
    const reads = requestsOf('segops/segments.ndjson').map(segOpsEvent);
    expect(countByName(reads)).toEqual({ 'Segment Recomputed': 4 });
    expect(new Set(reads.map((read) => read.ok && read.event.messageId)).size).toBe(4);
  });
});
