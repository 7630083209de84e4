import { CachedSecret } from './cachedSecret.ts';
import { getSecretValue } from './getSecretValue.ts';

const minuteMs = 60_000;

/** Which secret, and how to read it. */
export interface SecretsManagerSecretOptions<Value> {
  /** ARN or name in AWS Secrets Manager. */
  readonly secretId: string;
  /** Reads the secret's JSON; throws when it has the wrong shape, with the names of fields and never their values. */
  readonly parse: (json: unknown) => Value;
  readonly now: () => number;
  readonly onTrouble: (error: unknown) => void;
  /** Fetches the secret's text. @default getSecretValue */
  readonly fetch?: (secretId: string) => Promise<string | undefined>;
}

/** A JSON secret of AWS Secrets Manager, fetched again every 5 minutes, and early at most once a minute. */
export function secretsManagerSecret<Value>(
  options: SecretsManagerSecretOptions<Value>,
): CachedSecret<Value> {
  const { secretId, fetch = getSecretValue } = options;
  return new CachedSecret({
    fetch: async () => options.parse(parseJson(await fetch(secretId))),
    now: options.now,
    onTrouble: options.onTrouble,
    maxAgeMs: 5 * minuteMs,
    earlyRefreshEveryMs: minuteMs,
    retryEveryMs: minuteMs / 6,
  });
}

/** `JSON.parse` quotes what it could not read, and a secret must not reach a log. */
function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '') as unknown;
  } catch {
    throw new Error('The secret is not a JSON object');
  }
}
