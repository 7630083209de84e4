import type { ActionResult } from '../mavera/actions/actionPerformer.ts';
import type { PreparedRun } from './prepareRun.ts';
import type { RunnerDependencies } from './runDependencies.ts';

/** Keeps the thread or persona that a run has made, or used, for the next runs of its key. */
export async function keepId(
  { keys: { kept } }: Pick<PreparedRun, 'keys'>,
  { keptId }: ActionResult,
  { keptIds, now }: RunnerDependencies,
): Promise<void> {
  if (kept !== undefined && keptId !== undefined) {
    await keptIds.keep(kept, keptId, now());
  }
}
