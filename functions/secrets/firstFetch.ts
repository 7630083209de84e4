import { getSecretValue } from './getSecretValue.ts';

/** The environment variables of the secrets that the receiver's sources need. */
export const secretVariables = ['SEGMENT_SECRET_ARN', 'SENDGRID_SECRET_ARN', 'SEGOPS_SECRET_ARN'] as const;

const fetches = new Map<string, Promise<string | undefined>>();

// Secrets Manager answers while the modules that are imported after this one are evaluated.
for (const variable of secretVariables) {
  const secretId = process.env[variable];
  if (secretId !== undefined && secretId !== '') {
    const fetch = getSecretValue(secretId);
    // Whoever takes it hears of a failure.
    fetch.catch(() => undefined);
    fetches.set(secretId, fetch);
  }
}

/**
 * Fetches a secret as {@link getSecretValue} does; the first time, takes the fetch that was begun when this module was
 * imported. Import it before what takes long to import.
 *
 * @throws what {@link getSecretValue} throws
 */
export async function getEarlySecretValue(secretId: string): Promise<string | undefined> {
  const fetch = fetches.get(secretId) ?? getSecretValue(secretId);
  fetches.delete(secretId);
  return await fetch;
}
