import type { BenchAws } from '../aws/benchAws.ts';
import type { Bundles } from '../bundles/bundles.ts';
import { HandlerProcess } from './handlerProcess.ts';

/** The handlers that are invoked. */
export type HandlerName = 'receiver' | 'baseline' | 'putAndSend';

/** Starts a handler in a process of its own; processes of one name share a table and a queue. */
export type StartHandler = (name: HandlerName) => Promise<HandlerProcess>;

/** The partition key that each expects of its table. */
const partitionKeys: Readonly<Record<HandlerName, 'pk' | 'id'>> = {
  receiver: 'pk',
  baseline: 'id',
  putAndSend: 'id',
};

/**
 * Makes each handler's table and queue.
 *
 * @param directory where the loads are written
 */
export async function prepareHandlers(
  bundles: Bundles,
  aws: BenchAws,
  directory: string,
): Promise<StartHandler> {
  const environments = new Map<HandlerName, Readonly<Record<string, string>>>();
  for (const name of Object.keys(partitionKeys) as HandlerName[]) {
    environments.set(name, await aws.environmentFor(name, partitionKeys[name]));
  }
  return (name) =>
    HandlerProcess.start({
      name,
      bundle: bundles[name],
      program: bundles.programs.handlerProcess,
      environment: environments.get(name) ?? {},
      directory,
    });
}
