import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Aws } from 'aws-cdk-lib/core';

/** The KMS actions that AWS services call on behalf of a caller, to decrypt what is read and encrypt what is written. */
const actions: readonly string[] = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/**
 * Allows a role to use a customer-managed key, only through these services. Without a key there is nothing to allow.
 *
 * @param services such as `dynamodb`
 */
export function allowKey(key: IKey | undefined, services: readonly string[]): PolicyStatement[] {
  if (key === undefined) {
    return [];
  }
  const hosts = services.map((service) => `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}`);
  return [
    new PolicyStatement({
      sid: 'UseEncryptionKey',
      actions: [...actions],
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': hosts } },
    }),
  ];
}
