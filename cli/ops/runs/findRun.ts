import type { Deployment, Ledger } from '../deployment/deployment.ts';
import { localTime } from '../format/localTime.ts';
import { shortRunId } from '../format/shortRunId.ts';
import { visitRuns } from '../ledger/queryRuns.ts';
import type { RunEntry } from '../ledger/runEntry.ts';
import { OperatorError } from '../operatorError.ts';

const idLength = 40;
/** Records are kept for 30 days, unless the settings say otherwise. */
export const lookBackMs = 30 * 86_400_000;
const mostCandidates = 10;

/**
 * The whole id of the run that is meant.
 *
 * @param prefix a whole id, or its beginning, which is looked for among the runs of the last 30 days
 * @throws OperatorError when no run, or more than one, begins so
 */
export async function findRunId(deployment: Deployment, prefix: string, nowMs: number): Promise<string> {
  if (prefix.length === idLength) {
    return prefix;
  }
  const found = await runsWithPrefix(deployment, prefix, nowMs);
  const [only, ...others] = found;
  if (only === undefined) {
    throw new OperatorError(
      `No run of the last 30 days begins with "${prefix}": look for it with ` +
        `\`npm run ops -- runs list --since 7d${deployment.flags}\`.`,
    );
  }
  if (others.length > 0) {
    throw new OperatorError(
      `"${prefix}" is the beginning of ${found.length} runs: give more of its id.\n${candidates(found)}`,
    );
  }
  return only.runId;
}

async function runsWithPrefix(ledger: Ledger, idPrefix: string, nowMs: number): Promise<readonly RunEntry[]> {
  const found: RunEntry[] = [];
  await visitRuns(ledger, { sinceMs: nowMs - lookBackMs, idPrefix }, nowMs, (run) => found.push(run));
  return found.sort((a, b) => b.receivedAtMs - a.receivedAtMs);
}

/** So much of each id as tells these apart. */
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
