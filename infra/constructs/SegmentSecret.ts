import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** Options of {@link SegmentSecret} and of {@link MaveraSecret}. */
export interface SecretProps {
  readonly secretName: string;
  readonly removalPolicy: RemovalPolicy;
  /** @default the key that AWS manages for Secrets Manager */
  readonly encryptionKey?: IKey | undefined;
}

/**
 * What Segment signs with: `{"sharedSecret": "…"}`, made by the first deployment and copied from here into
 * Segment's settings. Operators may add a `bearerToken`, and list several values while they rotate.
 */
export class SegmentSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, { secretName, removalPolicy, encryptionKey }: SecretProps) {
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
      ...(encryptionKey === undefined ? {} : { encryptionKey }),
    });
    Validations.of(this.secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        "A rotation has to be made at Segment as well, with a token that is not the stack's to keep: `npm run connect -- rotate` does both ends, and the receiver accepts old and new side by side meanwhile.",
    });
  }
}
