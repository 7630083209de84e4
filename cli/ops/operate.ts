import type { Deployment } from './deployment/deployment.ts';
import type { DeploymentOptions } from './deployment/deploymentOptions.ts';
import { OperatorError } from './operatorError.ts';
import { type Output, processOutput } from './output.ts';

/** What a command does with a system. @returns whether all of it could be done; if not, the exit code is 1 */
export type Operation = (deployment: Deployment, output: Output) => Promise<boolean>;

/**
 * Opens the system that the options name, and does a command's work on it.
 *
 * @throws OperatorError for what the operator can mend
 */
export async function operate(options: DeploymentOptions, operation: Operation): Promise<void> {
  const deployment = await openDeployment(options);
  try {
    if (!(await operation(deployment, processOutput(options.json === true)))) {
      process.exitCode = 1;
    }
  } catch (error) {
    const problem = deployment.explain(error);
    throw problem === undefined ? error : new OperatorError(problem, { cause: error });
  } finally {
    deployment.close();
  }
}

/** Each in a module of its own: `--local` need not load what AWS takes, nor the other way round. */
async function openDeployment({ local, stack, region }: DeploymentOptions): Promise<Deployment> {
  if (local === true) {
    const { openLocalSystem } = await import('./deployment/openLocalSystem.ts');
    return await openLocalSystem(process.cwd());
  }
  const { openStack } = await import('./deployment/openStack.ts');
  return await openStack(stack, region);
}
