import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { SecretProps } from './secretProps.ts';

/** Options of {@link FilledSecret}. */
export interface FilledSecretProps extends SecretProps {
  /** What it is, with its JSON. */
  readonly description: string;
  /** Who issues it: `Mavera has no API that issues a new key`. */
  readonly whyNotRotated: string;
}

/**
 * A secret that an operator fills in. The template creates it without a value: if CloudFormation had set one, it could set
 * it again and overwrite the operator's. The construct library's `Secret` always generates a value, so this is the plain
 * resource.
 */
export class FilledSecret extends Construct {
  /** The ARN with its random suffix, which policies need. */
  readonly secretArn: string;

  constructor(scope: Construct, id: string, props: FilledSecretProps) {
    super(scope, id);
    const { secretName, description, whyNotRotated, removalPolicy, encryptionKey } = props;
    const secret = new CfnSecret(this, 'Secret', {
      name: secretName,
      description,
      ...(encryptionKey === undefined ? {} : { kmsKeyId: encryptionKey.keyArn }),
    });
    secret.applyRemovalPolicy(removalPolicy);
    this.secretArn = secret.ref;
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: `${whyNotRotated}: an operator replaces it, there and here.`,
    });
  }
}
