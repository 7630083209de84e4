import { createHmac } from 'node:crypto';
import { secretCanary } from '../../canary.ts';
import { type FuzzedRequest, type ReceiverInput, textOf } from './receiverInput.ts';

/** The event that Lambda would hand over for a request. */
export function functionUrlEvent(request: ReceiverInput['request']): unknown {
  if ('raw' in request) {
    return request.raw;
  }
  const { method, path, encoding, headers } = request;
  const text = bodyOf(request);
  return {
    version: '2.0',
    rawPath: path,
    rawQueryString: '',
    headers: Object.fromEntries([...headers, ...authentication(request, text)]),
    requestContext: { http: { method } },
    body: encoding.startsWith('base64') ? Buffer.from(text).toString('base64') : text,
    isBase64Encoded: encoding === 'base64' || encoding === 'text said to be base64',
  };
}

/** The body as it was signed. */
export function bodyOf({ elements, isBatch, before, after }: FuzzedRequest): string {
  const texts = elements.map(textOf);
  return `${before}${isBatch ? `[${texts.join(',')}]` : (texts[0] ?? '')}${after}`;
}

function authentication(
  { signature, bearer, upperCase, elements }: FuzzedRequest,
  body: string,
): readonly (readonly [string, string])[] {
  const [first] = elements;
  const signed: Readonly<Record<FuzzedRequest['signature'], readonly [string, string] | undefined>> = {
    whole: ['x-segment-signature', sign(body)],
    legacy: ['x-signature', sign(body)],
    first: ['x-signature', sign(first === undefined ? '' : textOf(first))],
    none: undefined,
    'of another secret': ['x-segment-signature', sign(body, 'another')],
    'of another body': ['x-signature', sign(`${body} `)],
    'no signature': ['x-segment-signature', secretCanary],
    twice: ['x-signature', `${sign(body)},${sign(body)}`],
  };
  const tokens = { none: undefined, right: `t${secretCanary}`, wrong: `${secretCanary}t` } as const;
  const own = signed[signature];
  const token = tokens[bearer];
  return [
    ...(own === undefined
      ? []
      : [[upperCase ? own[0].toUpperCase() : own[0], upperCase ? own[1].toUpperCase() : own[1]] as const]),
    ...(token === undefined
      ? []
      : [[upperCase ? 'Authorization' : 'authorization', `Bearer ${token}`] as const]),
  ];
}

function sign(text: string, secret = secretCanary): string {
  return createHmac('sha1', secret).update(text).digest('hex');
}
