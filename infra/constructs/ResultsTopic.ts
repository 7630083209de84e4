import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/** The topic where each finished run is announced, for other systems to subscribe to. */
export class ResultsTopic extends Construct {
  readonly topic: Topic;

  /** @param encryptionKey `undefined`: the key that AWS manages for SNS */
  constructor(scope: Construct, id: string, encryptionKey?: IKey) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', {
      // Refuses to publish without TLS.
      enforceSSL: true,
      ...(encryptionKey === undefined ? {} : { masterKey: encryptionKey }),
    });
    // SNS stores messages in the clear unless told otherwise, and results name users. With the key that AWS manages
    // for SNS, whoever may publish may also encrypt: the runner needs no KMS permission. The alias is written by name,
    // as SNS itself makes it when it is first used; the construct library would write an ARN.
    const { defaultChild } = this.topic.node;
    if (encryptionKey === undefined && defaultChild instanceof CfnTopic) {
      defaultChild.kmsMasterKeyId = 'alias/aws/sns';
    }
  }
}
