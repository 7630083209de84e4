import { randomUUID } from 'node:crypto';
import { signSegmentRequest } from '../../../functions/sources/segment/signRequest.ts';

/** The shared secret of the bench's webhook. */
export const sharedSecret = 'bench-shared-secret';

/** A signed request (`X-Segment-Signature`) as a Function URL passes it to the function, payload format 2.0. */
export function functionUrlEvent(payload: object | readonly object[], secret = sharedSecret): object {
  const { body, headers } = signSegmentRequest({ payload, secret });
  const domainName = 'bench.lambda-url.us-east-1.on.aws';
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/segment',
    rawQueryString: '',
    headers: {
      accept: '*/*',
      'accept-encoding': 'gzip,deflate',
      'content-length': String(Buffer.byteLength(body)),
      host: domainName,
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...headers,
    },
    requestContext: {
      accountId: 'anonymous',
      apiId: 'bench',
      domainName,
      domainPrefix: 'bench',
      http: {
        method: 'POST',
        path: '/segment',
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.9',
        userAgent: 'Segment (Actions)',
      },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: Date.now(),
    },
    body,
    isBase64Encoded: false,
  };
}
