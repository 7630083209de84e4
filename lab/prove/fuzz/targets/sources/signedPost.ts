import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  segOpsSignature,
  signatureHeader as segopsHeader,
} from '../../../../../functions/sources/segops/authenticate.ts';
import { signatureHeader, timestampHeader } from '../../../../../functions/sources/sendgrid/authenticate.ts';
import type { SourceRequest } from '../../../../../functions/sources/source.ts';
import { otherSignature } from '../../../otherSignature.ts';
import { secretCanary } from '../../canary.ts';
import type { SourceInput } from './sourceInput.ts';

/** The secrets of SegOps's webhook. */
export const webhookSecrets = [secretCanary, `${secretCanary}2`] as const;

/** The keys of two webhooks of SendGrid, and of one that is not ours. */
export interface SendGridKeys {
  readonly first: KeyObject;
  readonly second: KeyObject;
  readonly foreign: KeyObject;
  /** What the receiver's secret has. */
  readonly publicKey: readonly string[];
}

/** Makes keys. */
export function makeKeys(): SendGridKeys {
  const [first, second, foreign] = [newKeys(), newKeys(), newKeys()];
  return {
    first: first.privateKey,
    second: second.privateKey,
    foreign: foreign.privateKey,
    publicKey: [first, second].map(({ publicKey }) =>
      publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    ),
  };
}

function newKeys(): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}

/** The body of a post. */
export function bodyOf({ elements, isArray, before, between, after }: SourceInput): string {
  const texts = elements.flatMap(({ text, times }) => Array.from({ length: times }, () => text));
  const json = isArray ? `[${texts.join(between)}]` : (texts[0] ?? '');
  return `${before}${json}${after}`;
}

/** What stands in the header with the time. */
export function timestampOf({ signedBeforeSeconds: before }: SourceInput, nowMs: number): string {
  return typeof before === 'string' ? before : String(nowMs / 1000 - before);
}

/** The request that the receiver gets. */
export function signedPost(input: SourceInput, keys: SendGridKeys, nowMs: number): SourceRequest {
  const text = bodyOf(input);
  const headers =
    input.source === 'segops' ? segopsHeaders(input, text) : sendgridHeaders(input, text, keys, nowMs);
  return { headers, body: input.isBytes ? Buffer.from(text) : text };
}

function segopsHeaders({ signature, oddSignature }: SourceInput, text: string): SourceRequest['headers'] {
  const [first, second] = webhookSecrets;
  const right = segOpsSignature(text, first);
  const signed: Readonly<Record<SourceInput['signature'], string | undefined>> = {
    right,
    'by the second key': segOpsSignature(text, second),
    // SegOps's own examples write small letters; a proxy may not.
    'right, the other form': right.toUpperCase(),
    'of another body': segOpsSignature(`${text} `, first),
    'of another key': segOpsSignature(text, 'another'),
    // SegOps signs no time: a signature of the time and the body is that of another body.
    'of another time': `sha256=${createHmac('sha256', first).update('1800000000').update(text).digest('hex')}`,
    cut: right.slice(0, -2),
    twice: `${right},${right}`,
    odd: oddSignature,
    none: undefined,
  };
  return { [segopsHeader]: signed[signature] };
}

function sendgridHeaders(
  input: SourceInput,
  text: string,
  { first, second, foreign }: SendGridKeys,
  nowMs: number,
): SourceRequest['headers'] {
  const { signature, oddSignature } = input;
  const timestamp = timestampOf(input, nowMs);
  const sign = (key: KeyObject, time = timestamp, body = text): string =>
    createSign('sha256').update(time).update(body).sign(key, 'base64');
  const signed: Readonly<Record<SourceInput['signature'], () => string | undefined>> = {
    right: () => sign(first),
    'by the second key': () => sign(second),
    'right, the other form': () => otherSignature(sign(first)),
    'of another body': () => sign(first, timestamp, `${text} `),
    'of another key': () => sign(foreign),
    'of another time': () => sign(first, `${timestamp}0`),
    cut: () => sign(first).slice(0, -4),
    twice: () => `${sign(first)},${sign(first)}`,
    odd: () => oddSignature,
    none: () => undefined,
  };
  return { [signatureHeader]: signed[signature](), [timestampHeader]: timestamp };
}
