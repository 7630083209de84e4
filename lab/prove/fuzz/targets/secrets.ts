import * as fc from 'fast-check';
import * as z from 'zod';
import { parseMaveraCredentials } from '../../../../functions/mavera/credentials.ts';
import { Log } from '../../../../functions/observability/log.ts';
import { type CachedSecret, SecretUnavailableError } from '../../../../functions/secrets/cachedSecret.ts';
import { secretsManagerSecret } from '../../../../functions/secrets/secretsManagerSecret.ts';
import { parseSegmentCredentials } from '../../../../functions/sources/segment/credentials.ts';
import { parseSegOpsCredentials } from '../../../../functions/sources/segops/credentials.ts';
import { parseSendGridCredentials } from '../../../../functions/sources/sendgrid/credentials.ts';
import { brokenText } from '../arbitraries/brokenText.ts';
import { anyJson, anyText } from '../arbitraries/json.ts';
import { mustNotTell, secretCanary } from '../canary.ts';
import { type FuzzTarget, mustHold, type OpenTarget } from '../fuzzTarget.ts';
import { startOddAws } from '../servers/oddAws.ts';

/** Kinds of trouble after which the SDK neither tries again nor waits. */
const quickTroubles = [
  'well',
  'refuses',
  'is cut off',
  'is garbled',
  'answers nothing',
  'answers oddly',
] as const;

const schema = z.strictObject({ secretString: z.string(), trouble: z.enum(quickTroubles) });

type SecretInput = z.infer<typeof schema>;

/** P-256. Source: `packages/eventwebhook/src/eventwebhook.spec.js` of sendgrid-nodejs. */
const publicKey =
  'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==';

const value = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom<unknown>(
      secretCanary,
      `${secretCanary} `,
      `é${secretCanary}`,
      `mvra_live_${secretCanary}`,
    ),
  },
  fc.constantFrom(
    publicKey,
    `-----BEGIN PUBLIC KEY-----\n${publicKey}\n-----END PUBLIC KEY-----`,
    // Of another curve (Ed25519).
    'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=',
  ),
  { weight: 2, arbitrary: anyText.map((text) => `${secretCanary}${text}`) },
  fc.array(fc.constantFrom<unknown>(secretCanary, '', ' ', null, 5), { maxLength: 3 }),
  anyJson,
);
const written = fc
  .record(
    {
      sharedSecret: value,
      bearerToken: value,
      apiKey: value,
      segmentWriteKey: value,
      publicKey: value,
      addressKey: value,
      webhookSecret: value,
    },
    { requiredKeys: [] },
  )
  .map((json) => JSON.stringify(json));

/** What an operator may have typed into a secret. */
export const secrets: FuzzTarget<SecretInput> = {
  name: 'secrets',
  share: 6,
  schema,
  inputs: fc.record({
    secretString: fc.oneof(
      { weight: 6, arbitrary: written },
      { weight: 2, arbitrary: brokenText(written, anyText) },
      fc.constantFrom(
        secretCanary,
        `'${secretCanary}'`,
        `{sharedSecret: "${secretCanary}"}`,
        `"${secretCanary}"`,
        `${secretCanary}\n`,
        '',
      ),
      anyText,
    ),
    trouble: fc.oneof(
      { weight: 9, arbitrary: fc.constant('well' as const) },
      fc.constantFrom(...quickTroubles),
    ),
  }),
  open: openSecrets,
};

const parsers = [
  parseSegmentCredentials,
  parseMaveraCredentials,
  parseSendGridCredentials,
  parseSegOpsCredentials,
] as const;

/** The functions' clients find their services by environment variables. */
const environment = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
} as const;

async function openSecrets(): Promise<OpenTarget<SecretInput>> {
  const aws = await startOddAws();
  const before = setEnvironment({ ...environment, AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.endpoint });
  const lines: string[] = [];
  const log = new Log({ service: 's', namespace: 'n', now: Date.now, write: (line) => lines.push(line) });
  let nowMs = 1_800_000_000_000;
  const cached = parsers.map((parse) =>
    secretsManagerSecret<unknown>({
      secretId: 'secret',
      parse,
      now: () => nowMs,
      onTrouble: (error) => log.warn('the secret cannot be read', error),
    }),
  );
  return {
    check: async ({ secretString, trouble }) => {
      lines.length = 0;
      // Every cached value is read again.
      nowMs += 3_600_000;
      aws.behave({ secret: trouble, ledger: 'well', claim: 'none', queue: 'well' }, secretString);
      const seen = await Promise.all(cached.map(read));
      mustNotTell('a line of the log', lines.join(''));
      return `${seen.filter((one) => one === 'read').length} of ${seen.length} read`;
    },
    close: async () => {
      setEnvironment(before);
      await aws.stop();
    },
  };
}

async function read(secret: CachedSecret<unknown>): Promise<string> {
  try {
    const found = await secret.refreshEarly();
    mustHold(found !== undefined, 'it is not asked for again after an hour');
    return 'read';
  } catch (error) {
    mustHold(error instanceof SecretUnavailableError, `it threw ${String(error)}`);
    mustNotTell('the error', error.message);
    return 'refused';
  }
}

/** @returns what was there before */
function setEnvironment(
  values: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const before = Object.fromEntries(Object.keys(values).map((name) => [name, process.env[name]]));
  for (const [name, text] of Object.entries(values)) {
    if (text === undefined) {
      delete process.env[name];
    } else {
      process.env[name] = text;
    }
  }
  return before;
}
