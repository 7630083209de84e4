import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { SecretProps } from './SegmentSecret.ts';

/**
 * Mavera's API key, `{"apiKey": "mvra_live_…"}`. An operator fills it in. The template creates the secret without a value:
 * if CloudFormation had set one, it could set it again and overwrite the operator's key. The construct library's `Secret`
 * always generates a value, so this is the plain resource.
 */
export class MaveraSecret extends Construct {
  /** The ARN with its random suffix, which policies need. */
  readonly secretArn: string;

  constructor(scope: Construct, id: string, { secretName, removalPolicy, encryptionKey }: SecretProps) {
    super(scope, id);
    const secret = new CfnSecret(this, 'Secret', {
      name: secretName,
      description: 'The Mavera API key: {"apiKey": "mvra_live_..."}',
      ...(encryptionKey === undefined ? {} : { kmsKeyId: encryptionKey.keyArn }),
    });
    secret.applyRemovalPolicy(removalPolicy);
    this.secretArn = secret.ref;
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'Mavera has no API that issues a new key: an operator replaces it, at Mavera and here.',
    });
  }
}
