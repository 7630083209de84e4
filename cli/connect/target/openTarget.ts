import type { DeploymentOptions } from '../../ops/deployment/deploymentOptions.ts';
import { ConnectError } from '../connectError.ts';
import type { ConnectTarget } from './connectTarget.ts';

/** Does a command's work on the system that the options name. @throws ConnectError for what the caller can mend */
export async function withTarget(
  { local, stack, region }: DeploymentOptions,
  work: (target: ConnectTarget) => Promise<void>,
): Promise<void> {
  const target = local === true ? await openLocal() : await openAws(stack, region);
  try {
    await work(target);
  } catch (error) {
    const problem = target.explain(error);
    throw problem === undefined ? error : new ConnectError(problem, { cause: error });
  } finally {
    target.close();
  }
}

/** Each in a module of its own: `--local` need not load what AWS takes, nor the other way round. */
async function openLocal(): Promise<ConnectTarget> {
  const { openLocalTarget } = await import('./openLocalTarget.ts');
  return await openLocalTarget(process.cwd());
}

async function openAws(stack: string, region: string | undefined): Promise<ConnectTarget> {
  const { openStackTarget } = await import('./openStackTarget.ts');
  return await openStackTarget(stack, region);
}
