import type { AwsService } from '../iam/awsRequest.ts';
import { LocalSystemError } from '../localSystemError.ts';

/** A service of the local system; `logs` is not for the functions: what they write is kept there. */
export type LocalService = AwsService | 'logs';

/** Where each service is: `http://host:port`. */
export type Endpoints = Readonly<Record<LocalService, string>>;

/** The variables with which the AWS SDK, and the local system, use other servers. */
const endpointVariables: Readonly<Record<AwsService, string>> = {
  dynamodb: 'AWS_ENDPOINT_URL_DYNAMODB',
  sqs: 'AWS_ENDPOINT_URL_SQS',
  sns: 'AWS_ENDPOINT_URL_SNS',
  secretsmanager: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
};

/**
 * The servers of the environment variables, used instead of the embedded ones.
 *
 * @throws {LocalSystemError} for a variable that is not an http(s) URL.
 */
export function endpointsOfEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Partial<Endpoints> {
  const named = Object.entries(endpointVariables).flatMap(([service, variable]) => {
    const value = environment[variable];
    if (value === undefined || value === '') {
      return [];
    }
    if (!/^https?:$/.test(URL.parse(value)?.protocol ?? '')) {
      throw new LocalSystemError(`${variable} is not a URL such as http://127.0.0.1:8000`);
    }
    return [[service, value.replace(/\/$/, '')] as const];
  });
  return Object.fromEntries(named);
}
