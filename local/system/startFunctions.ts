/// <reference lib="esnext.disposable" />

import { nameOfFunction } from '../account/arns.ts';
import { LocalSystemError } from '../localSystemError.ts';
import type { Stack } from '../template/stackBuilder.ts';
import type { FunctionLogs } from './functionLogs.ts';
import type { Backend } from './startBackend.ts';
import { type StartedFunction, startFunction } from './startFunction.ts';

/** The functions of the system. */
export interface StackFunctions {
  /** Behind the Function URL. */
  readonly receiver: StartedFunction;
  /** Behind the queue. */
  readonly runner: StartedFunction;
  /** Started by a schedule in AWS, by nothing here; `undefined` without the setting `honourDeletes`. */
  readonly forgetter: StartedFunction | undefined;
}

const defaultReceiverPoolSize = 8;

/** Prepares the functions of a stack. */
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
  const receiver = functionNamed(functions, stack.urlFunctionName);
  const runner = functionNamed(functions, nameOfFunction(stack.mappings[0]?.functionName ?? ''));
  return { receiver, runner, forgetter: functions.find((fn) => fn !== receiver && fn !== runner) };
}

function functionNamed(functions: readonly StartedFunction[], name: string): StartedFunction {
  const found = functions.find(({ definition }) => definition.name === name);
  if (found === undefined) {
    throw new LocalSystemError(
      'the template must have one function behind a Function URL and one behind a queue',
    );
  }
  return found;
}
