import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { getSecretValue } from '../../../functions/secrets/getSecretValue.ts';
import { closeServer, listen } from '../../../simulators/http/listen.ts';
import { readBody } from '../../../simulators/http/readBody.ts';

const canary = 'the-secret-itself';

let server: Server;
let requests: { readonly headers: IncomingMessage['headers']; readonly body: string }[];
/** What each attempt in turn is answered; the last one again and again. */
let answers: RequestListener[];

beforeEach(async () => {
  requests = [];
  server = createServer(async (request, response) => {
    const body = (await readBody(request)).toString('utf8');
    requests.push({ headers: request.headers, body });
    (answers.length > 1 ? answers.shift() : answers[0])?.(request, response);
  });
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIA1');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key');
  vi.stubEnv('AWS_SESSION_TOKEN', 'token-1');
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${await listen(server, 0)}`);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await closeServer(server);
});

const answer =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  };
const found = answer(200, { Name: 'name', SecretString: canary });
const breakOff: RequestListener = (request) => request.socket.destroy();

describe('fetching a secret', () => {
  it('is one signed request, with the keys as they are at that moment', async () => {
    answers = [found];
    expect(await getSecretValue('arn:of:secret')).toBe(canary);
    vi.stubEnv('AWS_SESSION_TOKEN', 'token-2');
    await getSecretValue('arn:of:secret');
    expect(requests.map(({ body }) => JSON.parse(body))).toEqual([
      { SecretId: 'arn:of:secret' },
      { SecretId: 'arn:of:secret' },
    ]);
    const [first, second] = requests;
    expect(first?.headers).toMatchObject({
      'x-amz-target': 'secretsmanager.GetSecretValue',
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-security-token': 'token-1',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIA1\/\d{8}\/eu-west-1\/secretsmanager\//,
      ),
    });
    expect(second?.headers['x-amz-security-token']).toBe('token-2');
  });

  it('gives nothing for a binary secret', async () => {
    answers = [answer(200, { SecretBinary: 'AAAA' })];
    expect(await getSecretValue('name')).toBeUndefined();
  });

  it.each([
    ['an error of the server', answer(500, { __type: 'InternalServiceError', message: 'oh' })],
    ['a lost connection', breakOff],
    ['throttling', answer(400, { __type: 'ThrottlingException', message: 'Rate exceeded' })],
    [
      'a clock that is wrong',
      answer(400, { __type: 'InvalidSignatureException', message: 'Signature expired' }, inAnHour()),
    ],
  ])('is tried a second time after %s', async (_what, trouble) => {
    answers = [trouble, found];
    expect(await getSecretValue('name')).toBe(canary);
    expect(requests).toHaveLength(2);
  });

  it('signs the second attempt with the time of AWS when the clock is wrong', async () => {
    const skewed = { __type: 'InvalidSignatureException', message: 'Signature expired' };
    answers = [answer(400, skewed, inAnHour()), found];
    await getSecretValue('name');
    const hours = requests.map(({ headers }) => String(headers['x-amz-date']).slice(0, 11));
    expect(hours[0]).not.toBe(hours[1]);
  });

  it('fails after a second failure', async () => {
    answers = [answer(503, '')];
    await expect(getSecretValue('name')).rejects.toMatchObject({
      name: 'UnknownError',
      message: 'Secrets Manager answered 503 without a reason',
    });
    expect(requests).toHaveLength(2);
  });

  it.each([
    ['ResourceNotFoundException', 'Message', "Secrets Manager can't find the specified secret."],
    ['AccessDeniedException', 'message', 'User is not authorized to perform secretsmanager:GetSecretValue'],
    ['DecryptionFailure', 'Message', 'Access to KMS is not allowed'],
  ])('says at once what Secrets Manager says: %s', async (name, member, text) => {
    answers = [answer(400, { __type: `com.amazonaws.secretsmanager#${name}`, [member]: text })];
    await expect(getSecretValue('name')).rejects.toMatchObject({ name, message: text });
    expect(requests).toHaveLength(1);
  });

  it('never tells what it could not read', async () => {
    answers = [answer(200, `{"SecretString": "${canary}`)];
    const error = await getSecretValue('name').catch((reason: unknown) => reason);
    expect(String(error)).toBe('Error: Secrets Manager answered something that is not JSON');
  });

  it.each(['AWS_REGION', 'AWS_ACCESS_KEY_ID'])('says so when %s is not set', async (variable) => {
    answers = [found];
    vi.stubEnv(variable, undefined);
    await expect(getSecretValue('name')).rejects.toThrow(variable);
    expect(requests).toEqual([]);
  });
});

function inAnHour(): Readonly<Record<string, string>> {
  return { date: new Date(Date.now() + 3_600_000).toUTCString() };
}
