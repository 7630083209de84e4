import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/** The topic to which the result of each finished run is published. Other systems subscribe to it. */
export class ResultsTopic extends Construct {
  readonly topic: Topic;

  /** @param encryptionKey `undefined`: the key that AWS manages for SNS */
  constructor(scope: Construct, id: string, encryptionKey?: IKey) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', {
      // Refuses to publish without TLS.
      enforceSSL: true,
      // Webhooks verify messages by an RSA signature with SHA-256; the default of SNS is SHA-1.
      signatureVersion: '2',
      ...(encryptionKey === undefined ? {} : { masterKey: encryptionKey }),
    });
    // SNS stores messages unencrypted by default, and results contain user ids. With the key that AWS manages for SNS,
    // the runner needs no KMS permission. The alias is written by its name, because SNS creates the key only when it is
    // first used; the construct library would write an ARN.
    const { defaultChild } = this.topic.node;
    if (encryptionKey === undefined && defaultChild instanceof CfnTopic) {
      defaultChild.kmsMasterKeyId = 'alias/aws/sns';
    }
  }
}
