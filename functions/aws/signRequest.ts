import { createHash, createHmac } from 'node:crypto';

/** The keys that sign a request to AWS. */
export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A POST to the root of an AWS service. */
export interface UnsignedRequest {
  /** As in the signature, such as `secretsmanager`. */
  readonly service: string;
  readonly region: string;
  /** Names in lower case; with `host`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Such as `/`, without characters that have to be escaped. */
  readonly path: string;
  readonly body: string;
  readonly atMs: number;
}

/**
 * Signs a request with Signature Version 4.
 *
 * Source: "Create a signed AWS API request", AWS Identity and Access Management User Guide.
 *
 * @returns all headers, the signature among them
 */
export function signRequest(request: UnsignedRequest, keys: SigningKeys): Readonly<Record<string, string>> {
  const { service, region, path, body, atMs } = request;
  const time = new Date(atMs).toISOString().replace(/[:-]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const { sessionToken } = keys;
  const headers: Record<string, string> = {
    ...request.headers,
    'x-amz-date': time,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const names = Object.keys(headers).toSorted();
  const signedHeaders = names.join(';');
  const canonicalHeaders = names.map((name) => `${name}:${headers[name]?.trim()}\n`).join('');
  const canonical = ['POST', path, '', canonicalHeaders, signedHeaders, sha256(body)].join('\n');
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (previous, part) => hmac(previous, part),
    `AWS4${keys.secretAccessKey}`,
  );
  const signature = Buffer.from(hmac(key, text)).toString('hex');
  const credential = `Credential=${keys.accessKeyId}/${scope}`;
  headers.authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  return headers;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
