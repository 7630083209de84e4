import type { EventSourceMapping } from '../eventSourceMapping/eventSourceMapping.ts';
import { LocalSystemError } from '../localSystemError.ts';
import type { CreatedStack } from './createStack.ts';
import type { Backend } from './startBackend.ts';
import type { StartedFunction } from './startFunction.ts';
import { startMapping } from './startMapping.ts';
import type { LocalSystemOptions } from './systemOptions.ts';

/** Starts the mapping that feeds the runner. */
export async function startRunnerMapping(
  { stack, queueUrls }: CreatedStack,
  runner: StartedFunction,
  { clients, gatewayEndpoint }: Backend,
  { redeliverAfterSeconds, onError = () => undefined }: LocalSystemOptions,
): Promise<EventSourceMapping> {
  const [mapping, ...others] = stack.mappings;
  const queueUrl = queueUrls.get(mapping?.queueArn ?? '');
  if (mapping === undefined || queueUrl === undefined || others.length > 0) {
    throw new LocalSystemError('the template must have one event source mapping, on a queue of the template');
  }
  return startMapping(mapping, {
    fn: runner,
    // In AWS the mapping is a service: no proxy is between it and the queue.
    queueUrl: `${gatewayEndpoint}${new URL(queueUrl).pathname}`,
    gatewayEndpoint,
    administrator: clients.sqs,
    redeliverAfterSeconds,
    onError,
  });
}
