import type { Deployment } from '../deployment/deployment.ts';
import { queryRuns } from '../ledger/queryRuns.ts';
import { OperatorError } from '../operatorError.ts';
import { findRunId } from './findRun.ts';

const dayMs = 86_400_000;

/** Which runs to select, if they are not named. */
export interface RunSelection {
  readonly trigger?: string;
  /** @default failed */
  readonly state?: string;
  /** Epoch milliseconds. @default 24 hours ago */
  readonly since?: number;
}

/**
 * The whole ids of the runs that are named, or that the options select.
 *
 * @throws OperatorError if it is not clear which to select
 */
export async function selectRuns(
  deployment: Deployment,
  prefixes: readonly string[],
  { trigger, state, since }: RunSelection,
  nowMs: number,
): Promise<readonly string[]> {
  const hasFilter = trigger !== undefined || state !== undefined || since !== undefined;
  if (hasFilter === prefixes.length > 0) {
    throw new OperatorError(
      hasFilter
        ? 'Give either run ids, or --trigger, --state and --since, not both.'
        : 'Say which runs: by their ids, or by --trigger, --state or --since.',
    );
  }
  const found = new Set<string>();
  for (const prefix of prefixes) {
    found.add(await findRunId(deployment, prefix, nowMs));
  }
  if (hasFilter) {
    const filter = { sinceMs: since ?? nowMs - dayMs, trigger, states: [state ?? 'failed'] };
    for await (const { runId } of queryRuns(deployment, filter, nowMs)) {
      found.add(runId);
    }
  }
  return [...found];
}
