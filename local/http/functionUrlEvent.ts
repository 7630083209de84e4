import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { isTextContent } from './textContentType.ts';

/** An HTTP request as it was received. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query, such as `/segment/default?a=1`. */
  readonly url: string;
  readonly httpVersion: string;
  /** Names and values in turn, as `IncomingMessage.rawHeaders` has them. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly sourceIp: string;
}

/** What the HTTP front adds to a request. */
export interface RequestStamp {
  readonly requestId: string;
  readonly receivedAtMs: number;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Builds the event that a Function URL sends for a request, in payload format 2.0. Header names are in lower case,
 * repeated headers and query parameters are joined by commas, cookies stand apart, and bodies that are not text are in
 * base64.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */
export function functionUrlEvent(
  received: ReceivedRequest,
  { requestId, receivedAtMs }: RequestStamp,
): APIGatewayProxyEventV2 {
  const [rawPath = '/', ...query] = received.url.split('?');
  const rawQueryString = query.join('?');
  const { cookie, ...headers } = joinHeaders(received.rawHeaders);
  const domainName = headers.host ?? '127.0.0.1';
  const queryParameters = joinQuery(rawQueryString);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers: { ...headers, 'x-forwarded-for': received.sourceIp, 'x-forwarded-proto': 'https' },
    ...(queryParameters === undefined ? {} : { queryStringParameters: queryParameters }),
    requestContext: {
      accountId: 'anonymous',
      apiId: 'local',
      domainName,
      domainPrefix: domainName.split('.', 1)[0] ?? domainName,
      http: {
        method: received.method,
        path: rawPath,
        protocol: `HTTP/${received.httpVersion}`,
        sourceIp: received.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: '$default',
      stage: '$default',
      time: commonLogTime(new Date(receivedAtMs)),
      timeEpoch: receivedAtMs,
    },
    ...bodyFields(received.body, headers),
  };
}

function bodyFields(
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'> {
  if (body.length === 0) {
    return { isBase64Encoded: false };
  }
  return isTextContent(headers['content-type'], headers['content-encoding'])
    ? { body: body.toString('utf8'), isBase64Encoded: false }
    : { body: body.toString('base64'), isBase64Encoded: true };
}

function joinHeaders(rawHeaders: readonly string[]): Record<string, string> {
  const joined: Record<string, string> = {};
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    const value = rawHeaders[index + 1] ?? '';
    const separator = name === 'cookie' ? '; ' : ',';
    joined[name] = Object.hasOwn(joined, name) ? `${joined[name]}${separator}${value}` : value;
  }
  return joined;
}

function joinQuery(rawQueryString: string): Record<string, string> | undefined {
  if (rawQueryString === '') {
    return undefined;
  }
  const joined: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    joined[name] = Object.hasOwn(joined, name) ? `${joined[name]},${value}` : value;
  }
  return joined;
}

/** The time in the Common Log Format: `12/Mar/2026:19:03:58 +0000`. */
function commonLogTime(date: Date): string {
  const [day, time] = [date.toISOString().slice(8, 10), date.toISOString().slice(11, 19)];
  return `${day}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}:${time} +0000`;
}
