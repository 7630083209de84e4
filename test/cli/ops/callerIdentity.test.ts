import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCallerArn } from '../../../cli/ops/deployment/callerIdentity.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a-secret-access-key' };
const client = new DynamoDBClient({ region: 'eu-west-1', credentials });
const arn = 'arn:aws:sts::123456789012:assumed-role/operators/ann';
const answered = `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${arn}</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`;

interface Request {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server;
let endpoint: string;
let answer: { readonly status: number; readonly body: string };
let received: Request[];

beforeEach(async () => {
  answer = { status: 200, body: answered };
  received = [];
  server = createServer((request, response) => {
    request.setEncoding('utf8');
    let body = '';
    request.on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** The signature of a request, as AWS documents it (Signature Version 4). */
function signatureOf({ headers, body }: Request, signedHeaders: string, scope: string): string {
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  const hmac = (key: Buffer | string, text: string): Buffer =>
    createHmac('sha256', key).update(text).digest();
  const lines = signedHeaders.split(';').map((name) => `${name}:${String(headers[name])}\n`);
  const canonical = ['POST', '/', '', lines.join(''), signedHeaders, hash(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash(canonical)].join('\n');
  const key = scope.split('/').reduce<Buffer | string>(hmac, `AWS4${credentials.secretAccessKey}`);
  return hmac(key, toSign).toString('hex');
}

describe('the ARN of the caller', () => {
  it('is what STS answers to a request that is signed for STS', async () => {
    expect(await readCallerArn(client, endpoint)).toBe(arn);
    const [request] = received;
    expect(request?.body).toBe('Action=GetCallerIdentity&Version=2011-06-15');
    const pattern = /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/(\S+), SignedHeaders=(\S+), Signature=(\S+)$/;
    const [, scope = '', signedHeaders = '', signature] =
      pattern.exec(request?.headers.authorization ?? '') ?? [];
    expect(scope).toMatch(/^\d{8}\/eu-west-1\/sts\/aws4_request$/);
    expect(signedHeaders.split(';')).toContain('host');
    expect(request && signatureOf(request, signedHeaders, scope)).toBe(signature);
  });

  it('is not guessed: credentials that STS refuses end the command, with what to check', async () => {
    answer = {
      status: 403,
      body: '<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>',
    };
    await expect(readCallerArn(client, endpoint)).rejects.toThrow(
      'AWS STS did not say who decides (InvalidClientTokenId): check the credentials with `aws sts get-caller-identity`.',
    );
  });

  it('is not guessed when STS cannot be reached', async () => {
    await expect(readCallerArn(client, 'http://127.0.0.1:1')).rejects.toThrow(
      'AWS STS cannot be reached at 127.0.0.1:1 to learn who decides',
    );
  });
});
