import { setTimeout as sleep } from 'node:timers/promises';
import { defaultProvider } from '../aws/environmentCredentials.ts';
import { type PostAnswer, postOnce } from '../aws/postOnce.ts';
import { signRequest } from '../aws/signRequest.ts';
import { secretsManagerEndpoint } from './secretsManagerEndpoint.ts';

const maxAttempts = 2;
const timeouts = { connectMs: 1_000, answerMs: 1_500 } as const;
const longestPauseMs = 100;

/** From here on a difference between two clocks is an error of ours, as for the AWS SDK. */
const wrongClockMs = 240_000;

const networkErrors = /^E(?!RR_)/;
const throttlingErrors = /Throttl|TooManyRequests|LimitExceeded/;

/** A refusal. Its name is Secrets Manager's own code, such as `ResourceNotFoundException`. */
class SecretsManagerRefusal extends Error {
  readonly status: number;
  /** How far the clock of Secrets Manager is ahead of ours. */
  readonly clockOffsetMs: number;

  constructor({ status, headers, body }: PostAnswer) {
    const { code, text } = reasonIn(body);
    super(text ?? `Secrets Manager answered ${status} without a reason`);
    this.name = code ?? 'UnknownError';
    this.status = status;
    const offsetMs = Date.parse(headers.date ?? '') - Date.now();
    this.clockOffsetMs = Math.abs(offsetMs) >= wrongClockMs ? offsetMs : 0;
  }

  get mayPass(): boolean {
    const isThrottled = this.status === 429 || throttlingErrors.test(this.name);
    return this.status >= 500 || isThrottled || this.clockOffsetMs !== 0;
  }
}

/**
 * Fetches a secret of AWS Secrets Manager, in one signed request, and in a second one if the first has failed for a reason
 * that may pass. Not with the AWS SDK: a cold start waits for the secret, and would first have to import the SDK.
 *
 * @param secretId ARN or name
 * @returns `SecretString`; `undefined` when the secret is binary
 * @throws Error with Secrets Manager's code as its name, or with what went wrong on the way
 */
export async function getSecretValue(secretId: string): Promise<string | undefined> {
  let clockOffsetMs = 0;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt(secretId, Date.now() + clockOffsetMs);
    } catch (error) {
      if (attempts === maxAttempts || !mayPass(error)) {
        throw error;
      }
      clockOffsetMs = error instanceof SecretsManagerRefusal ? error.clockOffsetMs : 0;
    }
    await sleep(Math.random() * longestPauseMs);
  }
}

async function attempt(secretId: string, atMs: number): Promise<string | undefined> {
  const region = process.env.AWS_REGION;
  if (region === undefined || region === '') {
    throw new Error('AWS_REGION is not set: Lambda sets it, and tests must');
  }
  const url = secretsManagerEndpoint(region, process.env);
  const body = JSON.stringify({ SecretId: secretId });
  const headers = signRequest(
    {
      service: 'secretsmanager',
      region,
      path: url.pathname,
      body,
      atMs,
      headers: {
        host: url.host,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'secretsmanager.GetSecretValue',
      },
    },
    await defaultProvider()(),
  );
  const answer = await postOnce({ url, headers, body }, timeouts);
  if (answer.status !== 200) {
    throw new SecretsManagerRefusal(answer);
  }
  const { SecretString } = objectIn(answer.body);
  return typeof SecretString === 'string' ? SecretString : undefined;
}

function mayPass(error: unknown): boolean {
  if (error instanceof SecretsManagerRefusal) {
    return error.mayPass;
  }
  const { name, code } = error as NodeJS.ErrnoException;
  return name === 'TimeoutError' || (typeof code === 'string' && networkErrors.test(code));
}

/** The code and the text of a refusal: `{"__type": "com.amazonaws…#AccessDeniedException", "Message": "…"}`. */
function reasonIn(body: string): { readonly code?: string | undefined; readonly text?: string | undefined } {
  try {
    const { __type: type, message, Message } = objectIn(body);
    const text = message ?? Message;
    return {
      code: typeof type === 'string' ? type.split('#').at(-1) : undefined,
      text: typeof text === 'string' ? text : undefined,
    };
  } catch {
    return {};
  }
}

/** `JSON.parse` quotes what it could not read, and a secret must not reach a log. */
function objectIn(body: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(body)) as Readonly<Record<string, unknown>>;
  } catch {
    throw new Error('Secrets Manager answered something that is not JSON');
  }
}
