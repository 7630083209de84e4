/// <reference lib="esnext.disposable" />
import { LocalSystemError } from '../localSystemError.ts';
import type { CreatedStack } from './createStack.ts';
import type { StackFunctions } from './functionsByKind.ts';
import type { Backend } from './startBackend.ts';
import { startMapping } from './startMapping.ts';
import type { LocalSystemOptions } from './systemOptions.ts';

/**
 * Starts every event source mapping of the template.
 *
 * @throws {LocalSystemError} for a mapping of a queue that is not in the template, and one that Lambda would refuse.
 */
export async function startMappings(
  { queueUrls }: CreatedStack,
  { all }: StackFunctions,
  { clients, gatewayEndpoint }: Backend,
  { redeliverAfterSeconds, onError = () => undefined }: LocalSystemOptions,
  started: AsyncDisposableStack,
): Promise<void> {
  for (const fn of all) {
    for (const mapping of fn.invokers.mappings) {
      const queueUrl = queueUrls.get(mapping.queueArn);
      if (queueUrl === undefined) {
        throw new LocalSystemError(
          `${mapping.logicalId}: ${mapping.queueArn} is not a queue of the template`,
        );
      }
      const running = await startMapping(mapping, {
        fn,
        // In AWS the mapping is a service: no proxy is between it and the queue.
        queueUrl: `${gatewayEndpoint}${new URL(queueUrl).pathname}`,
        gatewayEndpoint,
        administrator: clients.sqs,
        redeliverAfterSeconds,
        onError,
      });
      started.defer(() => running.stop());
    }
  }
}
