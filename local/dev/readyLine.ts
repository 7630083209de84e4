import type { LocalSystem } from '../system.ts';
import type { Simulators } from './simulators.ts';

/** Which secrets are the local defaults, which may be shown. */
export interface ShownSecrets {
  readonly sharedSecret: boolean;
  readonly segopsWebhookSecret: boolean;
}

/**
 * The line that says that requests are accepted, with the URLs and names for sending requests and for debugging. Of the
 * sources, it has the URLs of those that are open.
 */
export function readyLine(system: LocalSystem, simulators: Simulators, shows: ShownSecrets): string {
  const { sourceUrls, sharedSecret, segopsWebhookSecret, maveraBaseUrl, endpoints, resources } = system;
  const pulls = Object.keys(system.pulls);
  const details = {
    ...sourceUrls,
    ...(shows.sharedSecret && sourceUrls.segment !== undefined ? { sharedSecret } : {}),
    ...(shows.segopsWebhookSecret && sourceUrls.segops !== undefined ? { segopsWebhookSecret } : {}),
    mavera: maveraBaseUrl,
    segmentApi: simulators.workspace?.apiUrl,
    segmentProfiles: simulators.segmentProfiles?.baseUrl,
    sendgridApi: simulators.sendgrid?.baseUrl,
    segopsApi: simulators.segops?.baseUrl,
    dynamodb: endpoints.dynamodb,
    sqs: endpoints.sqs,
    sns: endpoints.sns,
    secretsmanager: endpoints.secretsmanager,
    logs: endpoints.logs,
    table: resources.tableName,
    queue: resources.runQueueUrl,
    bulkQueue: resources.bulkQueueUrl,
    readyQueue: resources.readyQueueUrl,
    deadLetterQueue: resources.deadLetterQueueUrl,
    pullQueue: resources.pullQueueUrl,
    pullDeadLetterQueue: resources.pullDeadLetterQueueUrl,
    pulls: pulls.length === 0 ? undefined : pulls,
    topic: resources.resultsTopicArn,
    segmentSecret: resources.segmentSecretArn,
    maveraSecret: resources.maveraSecretArn,
    sendgridSecret: resources.sendgridSecretArn,
    segopsSecret: resources.segopsSecretArn,
  };
  return `ready ${JSON.stringify(details)}`;
}
