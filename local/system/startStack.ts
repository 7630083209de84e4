/// <reference lib="esnext.disposable" />
import type { EventSourceMapping } from '../eventSourceMapping/eventSourceMapping.ts';
import { LocalSystemError } from '../localSystemError.ts';
import { nameOfFunction, type Stack } from '../template/stackBuilder.ts';
import type { CreatedStack } from './createStack.ts';
import type { FunctionLogs } from './functionLogs.ts';
import type { Backend } from './startBackend.ts';
import { type StartedFunction, startFunction } from './startFunction.ts';
import { startMapping } from './startMapping.ts';
import type { LocalSystemOptions } from './systemOptions.ts';

/** The two functions that the system consists of. */
export interface StackFunctions {
  /** Behind the Function URL. */
  readonly receiver: StartedFunction;
  /** Behind the queue. */
  readonly runner: StartedFunction;
}

const defaultReceiverPoolSize = 8;

/** Makes the functions of a stack ready to be invoked. */
export function startFunctions(
  stack: Stack,
  { gateway }: Backend,
  logs: FunctionLogs,
  started: AsyncDisposableStack,
  receiverPoolSize: number = defaultReceiverPoolSize,
): StackFunctions {
  const functions = stack.functions.map((definition) => {
    const mapping = stack.mappings.find(
      ({ functionName }) => nameOfFunction(functionName) === definition.name,
    );
    const limit = mapping?.maximumConcurrency ?? receiverPoolSize;
    const fn = startFunction(definition, gateway, limit, mapping !== undefined, logs.publish);
    started.defer(() => fn.pool.stop());
    return fn;
  });
  return {
    receiver: functionNamed(functions, stack.urlFunctionName),
    runner: functionNamed(functions, nameOfFunction(stack.mappings[0]?.functionName ?? '')),
  };
}

/** Starts the mapping that feeds the runner. */
export async function startRunnerMapping(
  { stack, queueUrls }: CreatedStack,
  runner: StartedFunction,
  { clients, gateway }: Backend,
  { redeliverAfterSeconds, onError = () => undefined }: LocalSystemOptions,
): Promise<EventSourceMapping> {
  const [mapping, ...others] = stack.mappings;
  const queueUrl = queueUrls.get(mapping?.queueArn ?? '');
  if (mapping === undefined || queueUrl === undefined || others.length > 0) {
    throw new LocalSystemError('expected one event source mapping, on a queue of the same template');
  }
  return startMapping(mapping, {
    fn: runner,
    queueUrl,
    gatewayEndpoint: gateway.endpoint,
    administrator: clients.sqs,
    redeliverAfterSeconds,
    onError,
  });
}

function functionNamed(functions: readonly StartedFunction[], name: string): StartedFunction {
  const found = functions.find(({ definition }) => definition.name === name);
  if (found === undefined) {
    throw new LocalSystemError('expected a function behind a Function URL and one behind a queue');
  }
  return found;
}
