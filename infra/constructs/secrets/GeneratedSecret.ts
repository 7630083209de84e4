import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { SecretProps } from './secretProps.ts';

/** Options of {@link GeneratedSecret}. */
export interface GeneratedSecretProps extends SecretProps {
  /** What it is, with its JSON. */
  readonly description: string;
  /** The member of its JSON that is generated. */
  readonly generated: string;
  /** The other members. */
  readonly template?: Readonly<Record<string, string>>;
  readonly whyNotRotated: string;
}

/**
 * A secret with a value that the first deployment generates.
 *
 * Never change the description of how it is generated: CloudFormation would generate a new value, the sender would still
 * sign with the old one, and every event would be refused. It has only letters and digits, which no form and no shell changes.
 */
export class GeneratedSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, props: GeneratedSecretProps) {
    super(scope, id);
    const { secretName, description, generated, template = {}, removalPolicy, encryptionKey } = props;
    this.secret = new Secret(this, 'Secret', {
      secretName,
      description,
      generateSecretString: {
        secretStringTemplate: JSON.stringify(template),
        generateStringKey: generated,
        passwordLength: 48,
        excludePunctuation: true,
      },
      removalPolicy,
      ...(encryptionKey === undefined ? {} : { encryptionKey }),
    });
    Validations.of(this.secret).acknowledge({ id: 'AwsSolutions-SMG4', reason: props.whyNotRotated });
  }
}
