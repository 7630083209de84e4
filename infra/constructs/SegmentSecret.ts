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
 * The secret that Segment signs with: `{"sharedSecret": "…"}`. The first deployment generates it; an operator copies it to
 * Segment. Operators may add a `bearerToken`, and lists of several values during a rotation.
 */
export class SegmentSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, { secretName, removalPolicy, encryptionKey }: SecretProps) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      secretName,
      description:
        'What Segment signs its webhooks with: {"sharedSecret": "…", "bearerToken": "…" (optional)}',
      // Never change this: CloudFormation would generate a new value, Segment would still sign with the old one, and
      // every event would be refused. Only letters and digits, which no form and no shell changes.
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
        'A rotation must also change the secret at Segment, with a token that the stack does not have. `npm run connect -- rotate` changes both, and the receiver accepts the old and the new secret in the meantime.',
    });
  }
}
