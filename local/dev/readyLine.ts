import type { LocalSystem } from '../system.ts';

/**
 * The line that says that requests are accepted, with the URLs and names for sending requests and for debugging.
 *
 * @param showsSecret whether the shared secret is the local default, which may be shown.
 * @param segmentApiUrl the URL of the stand-in for Segment's Public API, if there is one.
 */
export function readyLine(system: LocalSystem, showsSecret: boolean, segmentApiUrl?: string): string {
  const { segmentUrl, sharedSecret, maveraBaseUrl, endpoints, resources } = system;
  const details = {
    segment: segmentUrl,
    ...(showsSecret ? { sharedSecret } : {}),
    mavera: maveraBaseUrl,
    ...(segmentApiUrl === undefined ? {} : { segmentApi: segmentApiUrl }),
    dynamodb: endpoints.dynamodb,
    sqs: endpoints.sqs,
    sns: endpoints.sns,
    secretsmanager: endpoints.secretsmanager,
    table: resources.tableName,
    queue: resources.runQueueUrl,
    bulkQueue: resources.bulkQueueUrl,
    readyQueue: resources.readyQueueUrl,
    deadLetterQueue: resources.deadLetterQueueUrl,
    topic: resources.resultsTopicArn,
    segmentSecret: resources.segmentSecretArn,
    maveraSecret: resources.maveraSecretArn,
  };
  return `ready ${JSON.stringify(details)}`;
}
