import type { Principal } from '../iam/authorize.ts';
import type { Gateway } from '../iam/gateway.ts';
import { EnvironmentPool } from '../lambda/environmentPool.ts';
import { functionEnvironment } from '../lambda/functionEnvironment.ts';
import type { FunctionLogListener } from '../lambda/functionLog.ts';
import type { StackFunction } from '../template/stackFunction.ts';

/** A function that can be invoked. */
export interface StartedFunction {
  readonly definition: StackFunction;
  /** The function as a caller of the gateway. */
  readonly principal: Principal;
  readonly pool: EnvironmentPool;
}

/**
 * In AWS functions do not share CPU time. Here a function behind a queue has a lower priority than the receiver and the
 * servers, because senders wait for those.
 */
const priorityBehindQueue = 10;

/**
 * Prepares a function: registers it at the gateway with its own access key. Environments start when they are needed.
 *
 * @param limit the most environments at a time.
 * @param isBehindQueue whether a queue invokes it, so that no sender waits for its answers.
 */
export function startFunction(
  definition: StackFunction,
  gateway: Gateway,
  limit: number,
  isBehindQueue: boolean,
  onLog: FunctionLogListener,
): StartedFunction {
  const { name, logicalId, roleName, statements, reservedConcurrency = limit } = definition;
  const accessKeyId = `LOCAL${logicalId}`;
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
      ...(isBehindQueue ? { priority: priorityBehindQueue } : {}),
      onLog,
    },
    Math.min(limit, reservedConcurrency),
  );
  return { definition, principal, pool };
}
