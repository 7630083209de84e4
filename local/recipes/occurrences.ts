import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import type { PullCursor } from '../../functions/ledger/pullCursor.ts';
import { PullCursors } from '../../functions/ledger/pullCursors.ts';
import { pullOf } from '../../functions/pulls/pullOf.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { ParkedCount } from '../system/parkedRuns.ts';
import type { LocalSystem } from '../system.ts';
import { type Drained, drain } from './drain.ts';
import type { ObservedPull } from './recipeOutcome.ts';

/** What occurrences of pulls have come to, when no work is left. */
export interface PullsOutcome extends Drained {
  readonly pulls: readonly ObservedPull[];
}

/** What is to be pulled, and how. */
export interface PullAllOptions {
  readonly system: LocalSystem;
  /** All triggers of the system. */
  readonly triggers: readonly Trigger[];
  /** The triggers whose pulls are started. */
  readonly names: readonly string[];
  readonly time: ObservedPull['time'];
  /** Which parked runs may be left. */
  readonly mayStay: (parked: ParkedCount) => boolean;
  readonly onProgress: (step: string) => void;
}

/** Starts pulls, and waits until no work is left, that of posted events included. */
export async function pullAll(options: PullAllOptions): Promise<PullsOutcome> {
  const { system, triggers, names, time, mayStay, onProgress } = options;
  const occurrences = new Map<string, string>();
  for (const name of names) {
    onProgress(`starting the pull ${name}${time === 'again' ? ' again' : ''}`);
    occurrences.set(name, await system.startPull(name));
  }
  onProgress('waiting until no work is left');
  const { left, parked } = await drain(system, mayStay);
  const ledger = new LedgerTable(system.clients.dynamodb, system.resources.tableName);
  const cursors = await new PullCursors(ledger).read(names);
  const kinds = new Map(triggers.map((one) => [one.name, pullOf(one)?.pull.kind] as const));
  const pulls = names.map((trigger) => ({
    trigger,
    kind: kinds.get(trigger) ?? 'pull',
    time,
    ended: endOf(cursors.get(trigger), occurrences.get(trigger)),
  }));
  return { pulls, left, parked };
}

function endOf(cursor: PullCursor | undefined, occurrence: string | undefined): ObservedPull['ended'] {
  return cursor?.last?.occurrence === occurrence ? cursor?.last : undefined;
}
