import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { parseMaveraCredentials } from '../../../functions/mavera/credentials.ts';
import { ConnectError } from '../connectError.ts';
import { baseUrl } from '../connectOptions.ts';
import type { ConnectTarget } from '../target/connectTarget.ts';
import { withTarget } from '../target/openTarget.ts';
import { type MaveraOptions, maveraPage } from './maveraOptions.ts';

/** Where Mavera is, and the key for it. */
export interface MaveraAddress {
  readonly apiUrl: string;
  readonly apiKey: string;
}

/** Source: API reference, "Introduction". */
const publicUrl = 'https://app.mavera.io/api/v1';

/**
 * Finds the address and the key: `MAVERA_API_KEY`, otherwise the secret of the stack or of the local system. With the variable,
 * no stack is needed.
 *
 * @throws ConnectError, OperatorError
 */
export async function maveraAddress(
  options: MaveraOptions,
  {
    MAVERA_API_KEY: given = '',
    MAVERA_BASE_URL: givenUrl = '',
  }: Readonly<Record<string, string | undefined>>,
): Promise<MaveraAddress> {
  const apiUrl = options.maveraUrl ?? (givenUrl === '' ? undefined : checkedUrl(givenUrl));
  if (given !== '' && options.local !== true) {
    return { apiUrl: apiUrl ?? publicUrl, apiKey: usableKey(given, 'MAVERA_API_KEY') };
  }
  let found: MaveraAddress | undefined;
  await withTarget(
    options,
    async (target) => {
      const apiKey = given === '' ? await keyOf(target) : usableKey(given, 'MAVERA_API_KEY');
      found = { apiUrl: apiUrl ?? urlOf(target, options.local === true), apiKey };
    },
    maveraPage,
  );
  if (found === undefined) {
    throw new Error('The target was not opened');
  }
  return found;
}

function urlOf({ maveraApi }: ConnectTarget, isLocal: boolean): string {
  if (isLocal && maveraApi === undefined) {
    throw new ConnectError(
      'The local system does not say where its Mavera is: start `npm run dev` again, or name it with --mavera-url.',
    );
  }
  return maveraApi?.apiUrl ?? publicUrl;
}

/** @throws ConnectError if the secret has no usable key */
async function keyOf({ title, maveraSecretId, secretsmanager }: ConnectTarget): Promise<string> {
  if (maveraSecretId === undefined) {
    throw new ConnectError(`MAVERA_API_KEY is not set, and ${title} has no secret for it: export the key.`);
  }
  const { SecretString = '' } = await secretsmanager.send(
    new GetSecretValueCommand({ SecretId: maveraSecretId }),
  );
  try {
    return parseMaveraCredentials(JSON.parse(SecretString)).apiKey;
  } catch (error) {
    throw new ConnectError(
      `The secret ${maveraSecretId} has no Mavera API key yet: put {"apiKey": "mvra_live_…"} into it, or export MAVERA_API_KEY.`,
      { cause: error },
    );
  }
}

function usableKey(key: string, variable: string): string {
  if (!/^[\x21-\x7e]{8,}$/.test(key)) {
    throw new ConnectError(
      `${variable} is too short, or contains spaces or characters that no API key has: export it again.`,
    );
  }
  return key;
}

function checkedUrl(url: string): string {
  try {
    return baseUrl(url);
  } catch (error) {
    throw new ConnectError(`MAVERA_BASE_URL is not a usable URL. ${(error as Error).message}`);
  }
}
