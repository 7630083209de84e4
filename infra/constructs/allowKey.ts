import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Aws } from 'aws-cdk-lib/core';

/** What the services ask for on a caller's behalf: to read what is encrypted, and to make keys for what is written. */
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
 * Lets a role use a customer-managed key, only through these services; nothing without a key.
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
