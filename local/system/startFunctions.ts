import { resolve } from 'node:path';
/// <reference lib="esnext.disposable" />

import { nameOfFunction } from '../account/arns.ts';
import { LocalSystemError } from '../localSystemError.ts';
import { type Invokers, invokersOf } from '../template/invokers.ts';
import type { Stack } from '../template/stackBuilder.ts';
import type { StackFunction } from '../template/stackFunction.ts';
import type { FunctionLogs } from './functionLogs.ts';
import { functionsByKind, type StackFunctions } from './functionsByKind.ts';
import type { Backend } from './startBackend.ts';
import { startFunction } from './startFunction.ts';
import { type LocalSystemOptions, localDispatchEverySeconds } from './systemOptions.ts';

const defaultReceiverPoolSize = 8;

/**
 * Prepares the functions of a stack.
 *
 * @throws {LocalSystemError} when the template does not have the functions of the system, or has a mapping or a schedule
 * for another function.
 */
export function startFunctions(
  stack: Stack,
  { gateway, logs: logsServer }: Backend,
  logs: FunctionLogs,
  started: AsyncDisposableStack,
  options: LocalSystemOptions,
): StackFunctions {
  checkTargets(stack);
  const { receiverPoolSize = defaultReceiverPoolSize } = options;
  const all = stack.functions.map((definition) => {
    const invokers = invokersOf(definition.name, stack);
    logsServer.addGroup(definition.logGroupName);
    const fn = startFunction(withLocalVariables(definition, invokers, options), {
      gateway,
      invokers,
      limit: poolLimit(invokers, receiverPoolSize),
      onLog: (line) => {
        logsServer.keep(definition.logGroupName, line.text);
        logs.publish(line);
      },
    });
    started.defer(() => fn.pool.stop());
    return fn;
  });
  return functionsByKind(all);
}

function checkTargets({ functions, mappings, schedules }: Stack): void {
  const names = new Set(functions.map(({ name }) => name));
  for (const { logicalId, functionName } of [...mappings, ...schedules]) {
    if (!names.has(nameOfFunction(functionName))) {
      throw new LocalSystemError(`${logicalId}: ${functionName} is not a function of the template`);
    }
  }
}

/**
 * The dispatcher sends itself messages with its delay, so that it comes back as often as its schedule starts it here. The
 * puller may download files from the stand-in for SendGrid, and reads those of S3 from a folder.
 */
function withLocalVariables(
  definition: StackFunction,
  { pullSchedules }: Invokers,
  {
    dispatchEverySeconds = localDispatchEverySeconds,
    filesOrigin,
    s3Folder = localS3Folder(),
  }: LocalSystemOptions,
): StackFunction {
  const { environment } = definition;
  const isPuller = pullSchedules.length > 0;
  return {
    ...definition,
    environment: {
      ...environment,
      ...(environment.DISPATCH_EVERY_SECONDS === undefined
        ? {}
        : { DISPATCH_EVERY_SECONDS: String(dispatchEverySeconds) }),
      ...(isPuller ? { S3_FOLDER: s3Folder } : {}),
      ...(isPuller && filesOrigin !== undefined ? { FILES_ORIGIN: filesOrigin } : {}),
    },
  };
}

function localS3Folder(): string {
  return resolve('.mavera-triggers', 's3');
}

/**
 * As many environments as invocations can be under way: all those of the mappings, one for each schedule, and those behind
 * the Function URL.
 */
function poolLimit({ isBehindUrl, mappings, schedules }: Invokers, receiverPoolSize: number): number {
  const limit = mappings
    .map(({ maximumConcurrency = receiverPoolSize }) => maximumConcurrency)
    .reduce((sum, ofMapping) => sum + ofMapping, schedules.length);
  return Math.max(1, isBehindUrl ? limit + receiverPoolSize : limit);
}
