import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { SecretProps } from './SegmentSecret.ts';

/**
 * Mavera's API key, `{"apiKey": "mvra_live_…"}`, to be filled in by an operator. The template makes the secret
 * without any value: a value that CloudFormation once set, it may set again, over the operator's key. The
 * construct library's own `Secret` always generates a value, hence the plain resource.
 */
export class MaveraSecret extends Construct {
  /** The ARN with the random suffix, as policies need it. */
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
      reason: 'Mavera has no API to issue a new key: it is replaced by hand, in Mavera and here.',
    });
  }
}
