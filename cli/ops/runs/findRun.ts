import type { Deployment, Ledger } from '../deployment/deployment.ts';
import { localTime } from '../format/localTime.ts';
import { shortRunId } from '../format/shortRunId.ts';
import { visitRuns } from '../ledger/queryRuns.ts';
import type { RunEntry } from '../ledger/runEntry.ts';
import { OperatorError } from '../operatorError.ts';

const idLength = 40;
/** The default of `runRetention`. */
export const lookBackMs = 30 * 86_400_000;
const mostCandidates = 10;

/**
 * Finds the whole id of a run.
 *
 * @param prefix a whole id, or its beginning, which is searched among the runs of the last 30 days
 * @throws OperatorError if no run, or more than one, begins so
 */
export async function findRunId(deployment: Deployment, prefix: string, nowMs: number): Promise<string> {
  if (prefix.length === idLength) {
    return prefix;
  }
  const found = await runsWithPrefix(deployment, prefix, nowMs);
  const [only, ...others] = found;
  if (only === undefined) {
    throw new OperatorError(
      `No run of the last 30 days begins with "${prefix}": list the runs with ` +
        `\`npm run ops -- runs list --since 7d${deployment.flags}\`.`,
    );
  }
  if (others.length > 0) {
    throw new OperatorError(
      `${found.length} runs begin with "${prefix}": give more of the id.\n${candidates(found)}`,
    );
  }
  return only.runId;
}

async function runsWithPrefix(ledger: Ledger, idPrefix: string, nowMs: number): Promise<readonly RunEntry[]> {
  const found: RunEntry[] = [];
  await visitRuns(ledger, { sinceMs: nowMs - lookBackMs, idPrefix }, nowMs, (run) => found.push(run));
  return found.sort((a, b) => b.receivedAtMs - a.receivedAtMs);
}

/** Enough of each id to tell these runs apart. */
function candidates(runs: readonly RunEntry[]): string {
  return runs
    .slice(0, mostCandidates)
    .map(({ runId, receivedAtMs, trigger, state }) => {
      const length = Math.max(
        shortRunId(runId).length,
        ...runs.map((other) => (other.runId === runId ? 0 : sharedLength(runId, other.runId) + 2)),
      );
      return `  ${runId.slice(0, length)}  ${localTime(receivedAtMs)}  ${trigger}  ${state}`;
    })
    .join('\n');
}

function sharedLength(one: string, other: string): number {
  const first = [...one].findIndex((character, index) => character !== other[index]);
  return first === -1 ? one.length : first;
}
