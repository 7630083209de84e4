import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RemovalPolicy } from 'aws-cdk-lib/core';

/** Options of every secret. */
export interface SecretProps {
  readonly secretName: string;
  readonly removalPolicy: RemovalPolicy;
  /** @default the key that AWS manages for Secrets Manager */
  readonly encryptionKey?: IKey | undefined;
}
