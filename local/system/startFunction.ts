import type { Principal } from '../iam/authorize.ts';
import type { Gateway } from '../iam/gateway.ts';
import { EnvironmentPool } from '../lambda/environmentPool.ts';
import { functionEnvironment } from '../lambda/functionEnvironment.ts';
import type { FunctionLogListener } from '../lambda/functionLog.ts';
import type { Invokers } from '../template/invokers.ts';
import type { StackFunction } from '../template/stackFunction.ts';

/** A function that can be invoked. */
export interface StartedFunction {
  readonly definition: StackFunction;
  readonly invokers: Invokers;
  /** The function as a caller of the gateway. */
  readonly principal: Principal;
  readonly pool: EnvironmentPool;
}

/** What a function is prepared with. */
export interface FunctionOptions {
  readonly gateway: Gateway;
  readonly invokers: Invokers;
  /** The most environments at a time, unless its reserved concurrency is lower. */
  readonly limit: number;
  readonly onLog: FunctionLogListener;
}

/**
 * In AWS functions do not share CPU time. Here a function that no sender waits for has a lower priority than the receiver
 * and the servers.
 */
const priorityInBackground = 10;

/** The access key of a function's calls. */
export function accessKeyOf(logicalId: string): string {
  return `LOCAL${logicalId}`;
}

/** Prepares a function: registers it at the gateway with its own access key. Environments start when they are needed. */
export function startFunction(
  definition: StackFunction,
  { gateway, invokers, limit, onLog }: FunctionOptions,
): StartedFunction {
  const { name, logicalId, roleName, statements, reservedConcurrency = limit } = definition;
  const accessKeyId = accessKeyOf(logicalId);
  const principal = { accessKeyId, functionName: name, roleName, statements };
  gateway.admit(principal);
  const pool = new EnvironmentPool(
    {
      functionName: name,
      logicalId,
      functionArn: definition.arn,
      memoryMb: definition.memoryMb,
      timeoutSeconds: definition.timeoutSeconds,
      directory: definition.directory,
      environment: functionEnvironment(definition, accessKeyId, gateway.endpoint),
      ...(invokers.isBehindUrl ? {} : { priority: priorityInBackground }),
      onLog,
    },
    Math.min(limit, reservedConcurrency),
  );
  return { definition, invokers, principal, pool };
}
