import type { LocalSystem } from '../system.ts';

/**
 * The line that says that requests are accepted, with all that is needed to send some and to look inside.
 *
 * @param showsSecret whether the shared secret is the local default, which is no secret.
 */
export function readyLine(system: LocalSystem, showsSecret: boolean): string {
  const { segmentUrl, sharedSecret, maveraBaseUrl, endpoints, resources } = system;
  const details = {
    segment: segmentUrl,
    ...(showsSecret ? { sharedSecret } : {}),
    mavera: maveraBaseUrl,
    dynamodb: endpoints.dynamodb,
    sqs: endpoints.sqs,
    sns: endpoints.sns,
    secretsmanager: endpoints.secretsmanager,
    table: resources.tableName,
    queue: resources.runQueueUrl,
    deadLetterQueue: resources.deadLetterQueueUrl,
    topic: resources.resultsTopicArn,
    segmentSecret: resources.segmentSecretArn,
    maveraSecret: resources.maveraSecretArn,
  };
  return `ready ${JSON.stringify(details)}`;
}
