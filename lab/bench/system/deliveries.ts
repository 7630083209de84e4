import type { LocalSystem } from '../../../local/system.ts';

/** How many deliveries of its queues the runner has finished so far. */
export function deliveries({ gateway, runner }: LocalSystem): number {
  return gateway
    .calls()
    .allowed.filter(
      ({ functionName, action }) => functionName === runner.functionName && action === 'sqs:DeleteMessage',
    )
    .reduce((sum, { count }) => sum + count, 0);
}
