import { dynamodbPermissions } from './dynamodbPermissions.ts';
import type { RequiredPermission } from './requiredPermission.ts';
import { secretsManagerPermissions } from './secretsManagerPermissions.ts';
import { snsPermissions } from './snsPermissions.ts';
import { sqsPermissions } from './sqsPermissions.ts';

/** The services of the local system, by the name in a signature's scope. */
export const awsServices = ['dynamodb', 'sqs', 'sns', 'secretsmanager'] as const;

/** A service of the local system. */
export type AwsService = (typeof awsServices)[number];

/** Who signed a request, and for which service. */
export interface RequestCredential {
  readonly accessKeyId: string;
  readonly service: string;
}

/** The parts of a request on which its permissions depend. */
export interface AwsRequest {
  readonly service: AwsService;
  /** The header `X-Amz-Target` of the JSON protocols, such as `DynamoDB_20120810.PutItem`. */
  readonly target: string | undefined;
  readonly body: string;
}

/** Reads the credential scope of a Signature Version 4 `Authorization` header; `undefined` for any other header. */
export function requestCredential(authorization: string | undefined): RequestCredential | undefined {
  const match = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/[^/]+\/([^/]+)\/aws4_request\b/.exec(
    authorization ?? '',
  );
  const [, accessKeyId, service] = match ?? [];
  return accessKeyId === undefined || service === undefined ? undefined : { accessKeyId, service };
}

/** Whether the local system has a service. */
export function isAwsService(service: string): service is AwsService {
  return awsServices.some((known) => known === service);
}

/**
 * All permissions that a request needs. There is always at least one, so that a request that cannot be read is not
 * allowed without any.
 *
 * @param secretArn the ARN of a secret by its name or ARN.
 * @throws {SyntaxError} when the body of a JSON protocol is not JSON.
 */
export function requiredPermissions(
  { service, target, body }: AwsRequest,
  secretArn: (secretId: string) => string,
): readonly RequiredPermission[] {
  if (service === 'sns') {
    return snsPermissions(new URLSearchParams(body));
  }
  const operation = target?.slice(target.lastIndexOf('.') + 1) ?? '';
  const permissions = jsonPermissions(service, operation, JSON.parse(body), secretArn);
  return permissions.length > 0 ? permissions : [{ action: `${service}:${operation}`, resource: '*' }];
}

function jsonPermissions(
  service: Exclude<AwsService, 'sns'>,
  operation: string,
  body: unknown,
  secretArn: (secretId: string) => string,
): readonly RequiredPermission[] {
  switch (service) {
    case 'dynamodb':
      return dynamodbPermissions(operation, body);
    case 'sqs':
      return sqsPermissions(operation, body);
    case 'secretsmanager':
      return secretsManagerPermissions(operation, body, secretArn);
  }
}
