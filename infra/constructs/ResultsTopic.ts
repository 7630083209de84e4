import { CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/** The topic where each finished run is announced, for other systems to subscribe to. */
export class ResultsTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // Refuses to publish without TLS.
    this.topic = new Topic(this, 'Topic', { enforceSSL: true });
    // SNS stores messages in the clear unless told otherwise, and results name users. With the key that AWS manages
    // for SNS, whoever may publish may also encrypt: the runner needs no KMS permission. With a key of one's own it
    // would need kms:GenerateDataKey and kms:Decrypt on it. The alias is written by name, as SNS itself makes it when
    // it is first used; the construct library would write an ARN.
    const { defaultChild } = this.topic.node;
    if (defaultChild instanceof CfnTopic) {
      defaultChild.kmsMasterKeyId = 'alias/aws/sns';
    }
  }
}
