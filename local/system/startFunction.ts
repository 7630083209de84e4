import type { Principal } from '../iam/authorize.ts';
import type { Gateway } from '../iam/gateway.ts';
import { EnvironmentPool } from '../lambda/environmentPool.ts';
import { functionEnvironment } from '../lambda/functionEnvironment.ts';
import type { FunctionLogListener } from '../lambda/functionLog.ts';
import type { StackFunction } from '../template/stackFunction.ts';

/** A function that can be invoked. */
export interface StartedFunction {
  readonly definition: StackFunction;
  /** As the gateway knows it. */
  readonly principal: Principal;
  readonly pool: EnvironmentPool;
}

/**
 * In AWS no function takes time from another. Here those behind a queue give way to the one behind the URL and to the
 * servers, since somebody waits for those.
 */
const priorityBehindQueue = 10;

/**
 * Makes a function ready to be invoked: known to the gateway by an access key of its own, its environments started
 * when they are needed.
 *
 * @param limit how many environments there may be.
 * @param isBehindQueue whether nobody waits for its answers.
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
