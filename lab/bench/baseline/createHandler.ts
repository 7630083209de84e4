import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import triggers from '#triggers';
import { chunk } from '../../../functions/aws/mapConcurrently.ts';
import { isSignature, isSignedWith, wholeBodyHeader } from '../../../functions/sources/segment/source.ts';
import { compileTriggers } from '../../../functions/triggers/matchTriggers.ts';
import { type SortedEvents, sortEvents } from './sortEvents.ts';
import type { QueueOnce } from './wantedEvent.ts';

/** A Lambda handler for payload format 2.0. */
export type Handler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

const secretMaxAgeSeconds = 300;
/** The sockets of a default client: with more requests at once, some would wait, which takes a tenth more CPU. */
const eventsAtOnce = 50;

const logger = new Logger();
const metrics = new Metrics();
const compiledTriggers = compileTriggers(triggers);

/** The handler around one way to queue an event once. Everything but that is the same. */
export function createHandler(queueOnce: QueueOnce): Handler {
  return async (event, context) => {
    logger.addContext(context);
    try {
      return await receive(event, context, queueOnce);
    } catch (error) {
      logger.error('the receiver failed', error as Error);
      return answer(500, { detail: 'The receiver failed' });
    } finally {
      metrics.publishStoredMetrics();
    }
  };
}

async function receive(
  event: APIGatewayProxyEventV2,
  context: Context,
  queueOnce: QueueOnce,
): Promise<APIGatewayProxyStructuredResultV2> {
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  const signature = event.headers[wholeBodyHeader];
  if (signature === undefined || !isSignature(signature)) {
    return answer(401, { detail: 'The request is not signed' });
  }
  if (!isSignedWith(body, signature, await sharedSecrets())) {
    return answer(401, { detail: 'The signature does not match the body' });
  }
  const payload: unknown = JSON.parse(body.toString('utf8'));
  const sorted = sortEvents(Array.isArray(payload) ? payload : [payload], {
    route: event.rawPath.split('/')[2] ?? 'default',
    triggers: compiledTriggers,
    nowMs: Date.now(),
    dedupeWindowMs: Number(process.env.DEDUPE_WINDOW_SECONDS) * 1000,
  });
  const results: PromiseSettledResult<void>[] = [];
  for (const some of chunk(sorted.wanted, eventsAtOnce)) {
    results.push(...(await Promise.allSettled(some.map((wanted) => queueOnce(wanted, context)))));
  }
  const failed = results.filter((result) => result.status === 'rejected');
  return report(sorted, failed);
}

async function sharedSecrets(): Promise<readonly string[]> {
  const options = { transform: 'json', maxAge: secretMaxAgeSeconds } as const;
  const secret = await getSecret(process.env.SEGMENT_SECRET_ARN ?? '', options);
  return [(secret as { sharedSecret: string | string[] }).sharedSecret].flat();
}

function report(
  { received, wanted, ignored, stale, invalid }: SortedEvents,
  failed: readonly PromiseRejectedResult[],
): APIGatewayProxyStructuredResultV2 {
  const queued = wanted.length - failed.length;
  const counts = { received, queued, duplicates: 0, ignored, stale, invalid };
  metrics.addMetric('EventsReceived', MetricUnit.Count, received);
  metrics.addMetric('EventsQueued', MetricUnit.Count, queued);
  metrics.addMetric('EventsIgnored', MetricUnit.Count, ignored);
  metrics.addMetric('EventsInvalid', MetricUnit.Count, invalid);
  logger.info('request', { ...counts, failed: failed.length });
  if (failed[0] !== undefined) {
    logger.warn('events were not queued', failed[0].reason as Error);
    return answer(503, { detail: `${failed.length} of ${received} events were not queued: try again` });
  }
  return answer(200, counts);
}

function answer(statusCode: number, body: object): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
