import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** Options of {@link SegmentSecret} and of {@link MaveraSecret}. */
export interface SecretProps {
  readonly secretName: string;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * What Segment signs with: `{"sharedSecret": "…"}`, made by the first deployment and copied from here into
 * Segment's settings. Operators may add a `bearerToken`, and list several values while they rotate.
 */
export class SegmentSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, { secretName, removalPolicy }: SecretProps) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      secretName,
      description:
        'What Segment signs its webhooks with: {"sharedSecret": "…", "bearerToken": "…" (optional)}',
      // Never change this: CloudFormation would make a new value, Segment would go on signing with the old one,
      // and every event would be refused. Letters and digits only, so that it survives any form and any shell.
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'sharedSecret',
        passwordLength: 48,
        excludePunctuation: true,
      },
      removalPolicy,
    });
    Validations.of(this.secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Segment has no API for a rotation on schedule: the value is changed by hand at both ends. The receiver accepts old and new side by side meanwhile.',
    });
  }
}
