import { createHash, createHmac, createSign } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askMave, signSegOpsRequest, signSendGridRequest } from '../../functions/index.ts';
import { segmentSignature, wholeBodyHeader } from '../../functions/sources/segment/source.ts';
import {
  segOpsSignature,
  signatureHeader as segopsHeader,
} from '../../functions/sources/segops/authenticate.ts';
import { signatureHeader, timestampHeader } from '../../functions/sources/sendgrid/authenticate.ts';
import { sendGridHeaders } from '../../functions/sources/sendgrid/signRequest.ts';
import type { SourceName } from '../../functions/sources/source.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { newWebhookKey, type Posted, SourceReceiver, startMs, webhookSecret } from './sourceReceiver.ts';
import { startWorld, type World } from './world.ts';

const keys = newWebhookKey();
const sendgrid = { publicKey: keys.publicKey, addressKey: 'a key for addresses' };
let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

function anyOf(source: SourceName): Trigger {
  return { name: `any-${source}`, source, when: 'type = "track"', run: askMave(() => ({ message: 'Why?' })) };
}

interface Attempt extends Partial<Posted> {
  readonly is: string;
}

/** Posts each attempt, then the genuine request: it is the first that starts anything. */
async function expectNothing(
  source: 'sendgrid' | 'segops',
  genuine: Posted,
  attempts: readonly Attempt[],
): Promise<void> {
  const receiver = await SourceReceiver.start(world, [anyOf(source)], { sendgrid });
  for (const { is, ...change } of attempts) {
    const { status, body } = await receiver.post(`/${source}`, { ...genuine, ...change });
    expect({ is, status, detail: body.detail }).toEqual({ is, status: 401, detail: expect.any(String) });
  }
  expect(await receiver.queuedRuns()).toEqual([]);
  const received = JSON.parse(String(genuine.body)) as unknown;
  const events = Array.isArray(received) ? received.length : 1;
  expect(await receiver.post(`/${source}`, genuine)).toMatchObject({ status: 200, body: { queued: events } });
  expect(await receiver.queuedRuns()).toHaveLength(events);
}

describe('a post that SendGrid has not signed as it is', () => {
  const timestamp = startMs / 1000;
  const events = [1, 2].map((id) => ({
    email: 'jane@example.com',
    event: 'click',
    url: 'https://example.com/preise?für=Zoë',
    sg_event_id: `refused-${id}`,
    timestamp,
  }));
  const genuine = signSendGridRequest({ events, privateKey: keys.privateKey, signedAtMs: startMs });
  const text = genuine.body;
  const signature = genuine.headers[signatureHeader] ?? '';
  const withHeaders = (change: Readonly<Record<string, string>>): Posted['headers'] => ({
    ...genuine.headers,
    ...change,
  });
  const { [signatureHeader]: _signature, ...withoutSignature } = genuine.headers;
  const { [timestampHeader]: _timestamp, ...withoutTime } = genuine.headers;

  it('starts nothing unsigned', async () => {
    await expectNothing('sendgrid', genuine, [
      { is: 'without headers', headers: {} },
      { is: 'without its signature', headers: withoutSignature },
      { is: 'without its time', headers: withoutTime },
      { is: 'with an empty signature', headers: withHeaders({ [signatureHeader]: '' }) },
      { is: 'with an empty time', headers: withHeaders({ [timestampHeader]: '' }) },
      { is: 'with the signature of Segment', headers: { [wholeBodyHeader]: segmentSignature(text, 'x') } },
    ]);
  });

  it('starts nothing with a wrong signature', async () => {
    const another = createSign('sha256').update(text).sign(keys.privateKey, 'base64');
    const sha512 = createSign('sha512').update(`${timestamp}`).update(text).sign(keys.privateKey, 'base64');
    await expectNothing('sendgrid', genuine, [
      { is: 'by a foreign key', headers: sendGridHeaders(text, newWebhookKey().privateKey, startMs) },
      { is: 'of another body', headers: sendGridHeaders('[]', keys.privateKey, startMs) },
      { is: 'of the body alone', headers: withHeaders({ [signatureHeader]: another }) },
      { is: 'with another hash', headers: withHeaders({ [signatureHeader]: sha512 }) },
      { is: 'of another time', headers: withHeaders({ [timestampHeader]: `${timestamp + 1}` }) },
      { is: 'of the time with a zero', headers: withHeaders({ [timestampHeader]: `0${timestamp}` }) },
      { is: 'of a time in milliseconds', headers: withHeaders({ [timestampHeader]: `${startMs}` }) },
      { is: 'of zeros', headers: withHeaders({ [signatureHeader]: 'MAYCAQACAQA=' }) },
      { is: 'of ones', headers: withHeaders({ [signatureHeader]: 'MAYCAQECAQE=' }) },
      { is: 'twice', headers: withHeaders({ [signatureHeader]: `${signature}, ${signature}` }) },
      { is: 'cut', headers: withHeaders({ [signatureHeader]: signature.slice(0, -8) }) },
      { is: 'in another alphabet', headers: withHeaders({ [signatureHeader]: `_-${signature.slice(2)}` }) },
      { is: 'of 100 KB', headers: withHeaders({ [signatureHeader]: 'A'.repeat(100_000) }) },
    ]);
  });

  it('starts nothing cut, or with more than was signed', async () => {
    const [first] = events;
    await expectNothing('sendgrid', genuine, [
      { is: 'without its last line break', body: text.trimEnd() },
      { is: 'without its last character', body: text.slice(0, -1) },
      { is: 'without its first character', body: text.slice(1) },
      { is: 'cut in the middle', body: text.slice(0, text.length / 2) },
      { is: 'cut to its first event', body: `${text.slice(0, text.indexOf(',\r\n'))}]\r\n` },
      { is: 'with its first event again', body: text.replace('[', `[${JSON.stringify(first)},\r\n`) },
      { is: 'with a space', body: `${text} ` },
      { is: 'with a byte order mark', body: `\ufeff${text}` },
      { is: 'with a byte too many', body: Buffer.concat([Buffer.from(text), Buffer.from([0])]) },
    ]);
  });

  it('starts nothing serialized again, or written in another way', async () => {
    const again = JSON.parse(text) as readonly object[];
    const backwards = again.map((event) => Object.fromEntries(Object.entries(event).reverse()));
    await expectNothing('sendgrid', genuine, [
      { is: 'serialized again', body: JSON.stringify(again) },
      { is: 'with indentation', body: JSON.stringify(again, null, 2) },
      { is: 'with other line breaks', body: text.replaceAll('\r\n', '\n') },
      {
        is: 'with its members in another order',
        body: `[${backwards.map((one) => JSON.stringify(one)).join(',\r\n')}]\r\n`,
      },
      { is: 'in another encoding', body: Buffer.from(text, 'latin1') },
      { is: 'in UTF-16', body: Buffer.from(text, 'utf16le') },
      { is: 'in ASCII with escapes', body: text.replaceAll('ü', '\\u00fc') },
      { is: 'compressed', body: gzipSync(text) },
      { is: 'as base64', body: Buffer.from(text).toString('base64') },
      { is: 'as a form', body: new URLSearchParams({ payload: text }).toString() },
      { is: 'with another character', body: text.replace('jane', 'jana') },
    ]);
  });
});

describe('a post that SegOps has not signed as it is', () => {
  const recomputed = {
    event: 'segment.recomputed',
    tenant_slug: 'acme',
    segment_id: 42,
    segment_name: 'Käufer',
    member_count: 1842,
    computed_at: '2026-11-20T11:59:00Z',
  };
  const genuine = signSegOpsRequest(recomputed, webhookSecret);
  const text = genuine.body;
  const signedWith = (signature: string): Posted['headers'] => ({ [segopsHeader]: signature });
  const hmac = (algorithm: string, body = text): string =>
    createHmac(algorithm, webhookSecret).update(body).digest('hex');
  it('starts nothing unsigned', async () => {
    await expectNothing('segops', genuine, [
      { is: 'without headers', headers: {} },
      { is: 'with an empty signature', headers: signedWith('') },
      { is: 'with the name of the hash alone', headers: signedWith('sha256=') },
      { is: 'with the header of another source', headers: { [wholeBodyHeader]: hmac('sha1') } },
    ]);
  });

  it('starts nothing with a wrong signature', async () => {
    const right = hmac('sha256');
    await expectNothing('segops', genuine, [
      { is: 'with another secret', headers: signedWith(segOpsSignature(text, 'guess')) },
      { is: 'with an empty secret', headers: signedWith(segOpsSignature(text, '')) },
      { is: 'of another body', headers: signedWith(segOpsSignature('{}', webhookSecret)) },
      { is: 'of nothing', headers: signedWith(segOpsSignature('', webhookSecret)) },
      {
        is: 'by a hash without a secret',
        headers: signedWith(`sha256=${createHash('sha256').update(text).digest('hex')}`),
      },
      { is: 'of another algorithm', headers: signedWith(`sha1=${hmac('sha1')}`) },
      { is: 'of another length', headers: signedWith(`sha256=${hmac('sha512')}`) },
      { is: 'without the name of the hash', headers: signedWith(right) },
      { is: 'as base64', headers: signedWith(`sha256=${Buffer.from(right, 'hex').toString('base64')}`) },
      { is: 'cut', headers: signedWith(`sha256=${right.slice(0, -2)}`) },
      { is: 'twice', headers: signedWith(`sha256=${right},sha256=${right}`) },
      { is: 'with a space', headers: signedWith(`sha256= ${right}`) },
      {
        is: 'with one other digit',
        headers: signedWith(`sha256=${right.startsWith('0') ? '1' : '0'}${right.slice(1)}`),
      },
    ]);
  });

  it('starts nothing cut, serialized again, or written in another way', async () => {
    await expectNothing('segops', genuine, [
      { is: 'without its last character', body: text.slice(0, -1) },
      { is: 'without its first character', body: text.slice(1) },
      { is: 'with a line break', body: `${text}\n` },
      { is: 'with a byte order mark', body: `\ufeff${text}` },
      { is: 'in a list', body: `[${text}]` },
      { is: 'with indentation', body: JSON.stringify(JSON.parse(text), null, 2) },
      { is: 'with a member again', body: text.replace('{', '{"segment_id":7,') },
      { is: 'with another number', body: text.replace('1842', '1843') },
      { is: 'in UTF-16', body: Buffer.from(text, 'utf16le') },
      { is: 'compressed', body: gzipSync(text) },
    ]);
  });
});

describe('a source that no trigger names', () => {
  const posts: Readonly<Record<SourceName, Posted>> = {
    segment: (() => {
      const body = '{"type":"track","event":"a","messageId":"m-1"}';
      return { body, headers: { [wholeBodyHeader]: segmentSignature(body, 'shared secret') } };
    })(),
    sendgrid: signSendGridRequest({
      events: [{ event: 'open', sg_event_id: 'closed-1' }],
      privateKey: keys.privateKey,
      signedAtMs: startMs,
    }),
    segops: signSegOpsRequest({ event: 'another.event' }, webhookSecret),
  };
  const names = ['segment', 'sendgrid', 'segops'] as const;

  it.each(names)('is answered 404 by a receiver for %s alone, and its secret is never read', async (open) => {
    const receiver = await SourceReceiver.start(world, [anyOf(open)], { sendgrid });
    for (const closed of names.filter((name) => name !== open)) {
      for (const path of [`/${closed}`, `/${closed}/default`, `/${closed}/`]) {
        expect(await receiver.post(path, posts[closed])).toMatchObject({ status: 404 });
      }
      // Its signature opens no other source either.
      expect(await receiver.post(`/${open}`, posts[closed])).toMatchObject({ status: 401 });
    }
    expect(await receiver.queuedRuns()).toEqual([]);
    expect(await receiver.post(`/${open}`, posts[open])).toMatchObject({ status: 200, body: { queued: 1 } });
    expect(new Set(receiver.secretsRead)).toEqual(new Set([open]));
  });
});
