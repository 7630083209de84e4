import { followerRunId } from '../../../functions/ledger/keys.ts';
import { type LedgerItem, LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { runKey } from '../../../functions/ledger/runLease.ts';
import { followersOf } from '../../../functions/run/followers.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import type { Ledger } from '../deployment/deployment.ts';

/** One of the runs that follow one another. */
export interface ChainRun {
  readonly runId: string;
  readonly trigger: string;
  /** How many runs lead to it. */
  readonly depth: number;
  /** Absent if the ledger does not have the run. */
  readonly state?: string | undefined;
  readonly reason?: string | undefined;
}

/** The run whose chain is read. */
export interface RunInChain {
  readonly runId: string;
  readonly trigger: string;
  readonly state: string;
  readonly reason?: string | undefined;
  readonly redrive?: string | undefined;
  /** The run that it follows. */
  readonly afterRun?: string | undefined;
  readonly afterTrigger?: string | undefined;
}

/** More than any chain of triggers that a file may hold. */
const mostLevels = 1_000;

/**
 * Reads the runs that led to a run, and those that followed it.
 *
 * @param triggers those that run: a follower's id derives from the name of its trigger
 * @returns from the first run on, this run included; only this run if it follows none and none follows it
 */
export async function readChain(
  ledger: Ledger,
  run: RunInChain,
  triggers: readonly Trigger[],
): Promise<readonly ChainRun[]> {
  const table = new LedgerTable(ledger.dynamodb, ledger.tableName);
  const earlier = await readEarlier(table, run);
  const { runId, trigger, state, reason } = run;
  const own = { runId, trigger, depth: earlier.length, state, reason };
  const later = await readLater(table, run, earlier.length + 1, followersOf(triggers));
  return [...earlier, own, ...later];
}

/** The runs that led to a run, the first one first. */
async function readEarlier(table: LedgerTable, run: RunInChain): Promise<readonly ChainRun[]> {
  const found: Omit<ChainRun, 'depth'>[] = [];
  let { afterRun, afterTrigger } = run;
  while (afterRun !== undefined && found.length < mostLevels) {
    const item: LedgerItem | undefined = (await table.read([runKey(afterRun)])).get(runKey(afterRun));
    found.unshift({ runId: afterRun, trigger: afterTrigger ?? '?', ...stateOf(item) });
    afterRun = item?.afterRun?.S;
    afterTrigger = item?.afterTrigger?.S;
  }
  return found.map((one, depth) => ({ ...one, depth }));
}

/** The runs that follow a run, each with those that follow it. */
async function readLater(
  table: LedgerTable,
  run: RunInChain,
  depth: number,
  followers: ReturnType<typeof followersOf>,
): Promise<readonly ChainRun[]> {
  const names = (followers.get(run.trigger) ?? []).map(({ name }) => name);
  if (names.length === 0 || depth > mostLevels) {
    return [];
  }
  // A run that was made again is followed again.
  const nonces = [...new Set([undefined, run.redrive])];
  const ids = names.flatMap((name) =>
    nonces.map((nonce) => [name, followerRunId(run.runId, nonce, name)] as const),
  );
  const items = await table.read(ids.map(([, id]) => runKey(id)));
  const chain: ChainRun[] = [];
  for (const [trigger, runId] of ids) {
    const item = items.get(runKey(runId));
    // The last making of a run that is done has sent its followers; an earlier one may not have.
    const isExpected = run.state === 'done' && runId === followerRunId(run.runId, run.redrive, trigger);
    if (item !== undefined || isExpected) {
      const one = { runId, trigger, ...stateOf(item) };
      const next = { ...one, state: one.state ?? '', redrive: item?.redrive?.S };
      chain.push({ ...one, depth }, ...(await readLater(table, next, depth + 1, followers)));
    }
  }
  return chain;
}

function stateOf(item: LedgerItem | undefined): Pick<ChainRun, 'state' | 'reason'> {
  return { state: item?.state?.S, reason: item?.reason?.S };
}
