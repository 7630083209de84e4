import type { DeploymentOptions } from '../../ops/deployment/deploymentOptions.ts';
import { ConnectError } from '../connectError.ts';
import type { ConnectTarget } from './connectTarget.ts';

/**
 * Opens the system that the options name, and runs a command's work on it.
 *
 * @param permissionsPage the page that lists the permissions of the command
 * @throws ConnectError for what the user can fix
 */
export async function withTarget(
  { local, stack, region }: DeploymentOptions,
  work: (target: ConnectTarget) => Promise<void>,
  permissionsPage = 'docs/connect-segment.md',
): Promise<void> {
  const target = local === true ? await openLocal() : await openAws(stack, region, permissionsPage);
  try {
    await work(target);
  } catch (error) {
    const problem = target.explain(error);
    throw problem === undefined ? error : new ConnectError(problem, { cause: error });
  } finally {
    target.close();
  }
}

/** Loads only what is needed: `--local` does not load the clients for AWS. */
async function openLocal(): Promise<ConnectTarget> {
  const { openLocalTarget } = await import('./openLocalTarget.ts');
  return await openLocalTarget(process.cwd());
}

async function openAws(
  stack: string,
  region: string | undefined,
  permissionsPage: string,
): Promise<ConnectTarget> {
  const { openStackTarget } = await import('./openStackTarget.ts');
  return await openStackTarget(stack, region, permissionsPage);
}
