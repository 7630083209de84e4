import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** A request as the AWS SDK would send it. */
export interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the AWS SDK would send to Secrets Manager for a secret. */
export async function sdkRequest(
  secretId: string,
  config: ConstructorParameters<typeof SecretsManagerClient>[0],
): Promise<SdkRequest> {
  const { promise, resolve } = Promise.withResolvers<SdkRequest>();
  const client = new SecretsManagerClient({
    ...config,
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: SdkRequest) => {
        resolve(request);
        throw new Error('nothing is sent');
      },
    },
  });
  const sent = client.send(new GetSecretValueCommand({ SecretId: secretId })).catch((error: unknown) => {
    throw new Error('the SDK sent nothing', { cause: error });
  });
  return await Promise.race([promise, sent.then(() => promise)]);
}
