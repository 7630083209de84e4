import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { OperatorError } from '../operatorError.ts';

const timeoutMs = 10_000;
const body = 'Action=GetCallerIdentity&Version=2011-06-15';

/**
 * Asks AWS STS who calls (`GetCallerIdentity`). The call needs no permission. It is signed by the signer of another client:
 * a client for this one call would be one more dependency.
 *
 * @param client any client with the operator's credentials and region
 * @param endpoint of STS
 * @returns the ARN of the caller, e.g. `arn:aws:sts::123456789012:assumed-role/operators/ann`
 * @throws OperatorError if STS does not say it, and what the AWS SDK throws without credentials
 */
export async function readCallerArn(
  { config }: Pick<DynamoDBClient, 'config'>,
  endpoint?: string,
): Promise<string> {
  const signingRegion = await config.region();
  const url = new URL(endpoint ?? stsEndpoint(signingRegion));
  const signer = await config.signer({ name: 'sigv4', signingName: 'sts', signingRegion, properties: {} });
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: '/',
    headers: { host: url.host, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body,
  });
  const answer = await post(url, headers);
  const arn = /<Arn>([^<]+)<\/Arn>/.exec(answer)?.[1];
  if (arn === undefined) {
    const code = /<Code>([^<]+)<\/Code>/.exec(answer)?.[1] ?? 'an answer without an ARN';
    throw new OperatorError(
      `AWS STS did not say who decides (${code}): check the credentials with \`aws sts get-caller-identity\`.`,
    );
  }
  return arn;
}

async function post(url: URL, headers: Readonly<Record<string, string>>): Promise<string> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    return await (await fetch(url, { method: 'POST', headers, body, signal })).text();
  } catch (error) {
    throw new OperatorError(
      `AWS STS cannot be reached at ${url.host} to learn who decides: check the network and the region.`,
      { cause: error },
    );
  }
}

/** The regions of China are a partition of their own. */
function stsEndpoint(region: string): string {
  return `https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}
