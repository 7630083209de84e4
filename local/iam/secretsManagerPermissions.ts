import * as z from 'zod';
import { type RequiredPermission, readFields } from './requiredPermission.ts';

const oneSecret = z.object({ SecretId: z.string() });
const manySecrets = z.object({ SecretIdList: z.array(z.string()) });

/**
 * The permissions that a Secrets Manager call needs.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
 *
 * @param arnOf the ARN of a secret by its name or ARN.
 */
export function secretsManagerPermissions(
  operation: string,
  body: unknown,
  arnOf: (secretId: string) => string,
): readonly RequiredPermission[] {
  const action = `secretsmanager:${operation}`;
  if (operation === 'BatchGetSecretValue') {
    const ids = readFields(manySecrets, body)?.SecretIdList ?? [];
    const each = ids.map((id) => ({ action: 'secretsmanager:GetSecretValue', resource: arnOf(id) }));
    return [{ action, resource: '*' }, ...each];
  }
  const id = readFields(oneSecret, body)?.SecretId;
  return [{ action, resource: id === undefined ? '*' : arnOf(id) }];
}
