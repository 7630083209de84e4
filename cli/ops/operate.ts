import type { Deployment } from './deployment/deployment.ts';
import type { DeploymentOptions } from './deployment/deploymentOptions.ts';
import { OperatorError } from './operatorError.ts';
import { type Output, processOutput } from './output.ts';

/** What a command does with a system. @returns `false` if something could not be done: the exit code is then 1 */
export type Operation = (deployment: Deployment, output: Output) => Promise<boolean>;

/**
 * Opens the system that the options name, and runs an operation on it.
 *
 * @throws OperatorError for what the operator can fix
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

/** Loads only what is needed: `--local` does not load the clients for AWS. */
async function openDeployment({ local, stack, region }: DeploymentOptions): Promise<Deployment> {
  if (local === true) {
    const { openLocalSystem } = await import('./deployment/openLocalSystem.ts');
    return await openLocalSystem(process.cwd());
  }
  const { openStack } = await import('./deployment/openStack.ts');
  return await openStack(stack, region);
}
