import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { region } from '../account/account.ts';
import {
  type EventSourceMapping,
  startEventSourceMapping,
} from '../eventSourceMapping/eventSourceMapping.ts';
import { authorize } from '../iam/authorize.ts';
import { LocalSystemError } from '../localSystemError.ts';
import type { StackMapping } from '../template/stackMapping.ts';
import type { StartedFunction } from './startFunction.ts';

/** The permissions on a queue that Lambda needs in the function's role. */
const neededActions: readonly string[] = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
];

/** What a mapping of the template needs. */
export interface MappingSurroundings {
  readonly fn: StartedFunction;
  /** At the gateway. */
  readonly queueUrl: string;
  readonly gatewayEndpoint: string;
  readonly administrator: SQSClient;
  readonly redeliverAfterSeconds: number | undefined;
  readonly onError: (error: unknown) => void;
}

/**
 * Starts a mapping of the template. It acts with the function's role, as Lambda does.
 *
 * @throws {LocalSystemError} when that role lacks what Lambda needs for a mapping.
 */
export async function startMapping(
  mapping: StackMapping,
  surroundings: MappingSurroundings,
): Promise<EventSourceMapping> {
  const { fn, queueUrl, gatewayEndpoint, administrator, redeliverAfterSeconds, onError } = surroundings;
  const needed = neededActions.map((action) => ({ action, resource: mapping.queueArn }));
  const authorization = authorize(fn.principal, needed);
  if (!authorization.allowed) {
    throw new LocalSystemError(`${mapping.logicalId}: Lambda would refuse it. ${authorization.message}`);
  }
  const sqs = new SQSClient({
    region,
    endpoint: gatewayEndpoint,
    credentials: { accessKeyId: fn.principal.accessKeyId, secretAccessKey: 'local' },
  });
  await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }));
  const running = startEventSourceMapping({
    queueUrl,
    queueArn: mapping.queueArn,
    batchSize: mapping.batchSize,
    maximumConcurrency: Math.min(mapping.maximumConcurrency ?? fn.pool.limit, fn.pool.limit),
    reportsBatchItemFailures: mapping.reportsBatchItemFailures,
    sqs,
    invoke: (event) => fn.pool.invoke(event),
    redeliverAfterSeconds,
    administrator,
    onError,
  });
  return {
    get running() {
      return running.running;
    },
    stop: async () => {
      await running.stop();
      sqs.destroy();
    },
  };
}
