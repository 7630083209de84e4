import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import type { EndedOccurrence, PullCounts, PullCursor } from '../../../functions/ledger/pullCursor.ts';
import { PullCursors } from '../../../functions/ledger/pullCursors.ts';
import type { Deployment, Ledger } from '../deployment/deployment.ts';

/** `overdue`: it has not ended in its time, and nothing works on it. The last three: how the last occurrence ended. */
export type PullState = 'never_started' | 'at_work' | 'overdue' | EndedOccurrence['status'];

/** An occurrence that is at work. Times are epoch milliseconds. */
export interface OccurrenceAtWork {
  readonly occurrence: string;
  readonly startedAtMs: number;
  /** From then on it fails. */
  readonly endsAtMs: number;
  /** The step that is taken now, or next; the first one is 1. */
  readonly step: number;
  /** When the step is due. */
  readonly dueAtMs: number;
  /** Until when a puller may be working on the step; absent while none is. */
  readonly workedOnUntilMs?: number | undefined;
  /** Tries of the step that brought nothing. */
  readonly failures: number;
  /** A sentence; absent if the step waits for nothing but its time. */
  readonly waitsFor?: string | undefined;
  readonly counts: PullCounts;
}

/** A pull of a system. */
export interface PullStatus {
  /** The name of its trigger. */
  readonly trigger: string;
  /** Such as `cron(17 3 ? * TUE *) UTC`; absent if the system no longer has this pull. */
  readonly schedule?: string | undefined;
  readonly state: PullState;
  readonly atWork?: OccurrenceAtWork | undefined;
  /** The occurrence that ended last. */
  readonly last?: EndedOccurrence | undefined;
}

/** Reads where the pulls of a system stand, by name. */
export async function readPulls(
  deployment: Ledger & Pick<Deployment, 'pulls'>,
  nowMs: number,
): Promise<readonly PullStatus[]> {
  const schedules = deployment.pulls?.schedules ?? new Map<string, string>();
  const cursors = await cursorsOf(deployment).read([...schedules.keys()]);
  return [...schedules]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([trigger, schedule]) => pullStatus(trigger, schedule, cursors.get(trigger), nowMs));
}

/** The cursors of the pulls of a system. */
export function cursorsOf({ dynamodb, tableName }: Ledger): PullCursors {
  return new PullCursors(new LedgerTable(dynamodb, tableName));
}

/** What a cursor means at a certain time. */
export function pullStatus(
  trigger: string,
  schedule: string | undefined,
  cursor: PullCursor | undefined,
  nowMs: number,
): PullStatus {
  if (cursor === undefined) {
    return { trigger, schedule, state: 'never_started' };
  }
  const { last } = cursor;
  return cursor.isAtWork
    ? { trigger, schedule, state: stateAtWork(cursor, nowMs), atWork: atWork(cursor, nowMs), last }
    : { trigger, schedule, state: last?.status ?? 'never_started', last };
}

function stateAtWork({ endsAtMs, leaseUntilMs = 0 }: PullCursor, nowMs: number): PullState {
  return endsAtMs <= nowMs && leaseUntilMs <= nowMs ? 'overdue' : 'at_work';
}

function atWork(cursor: PullCursor, nowMs: number): OccurrenceAtWork {
  const { occurrence, startedAtMs, endsAtMs, version, dueAtMs, failures, waitsFor, counts } = cursor;
  const { leaseUntilMs } = cursor;
  return {
    occurrence,
    startedAtMs,
    endsAtMs,
    step: version + 1,
    dueAtMs,
    workedOnUntilMs: leaseUntilMs !== undefined && leaseUntilMs > nowMs ? leaseUntilMs : undefined,
    failures,
    waitsFor,
    counts,
  };
}
