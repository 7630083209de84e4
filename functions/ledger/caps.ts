import {
  type ItemUpdate,
  type LedgerItem,
  type LedgerTable,
  number,
  type WriteOutcome,
} from './ledgerTable.ts';

/** Ended leases removed, or races lost, before a run gives up. */
const maxTries = 20;

const hasRoom = 'attribute_exists(holders) AND (size(holders) < :limit OR attribute_exists(holders.#run))';

/** Key of the concurrency cap on the calls of one kind of action. */
export function capKey(action: string): string {
  return `cap#${action}`;
}

/** All calls of a kind that have ended so far. */
export interface CallDurations {
  readonly calls: number;
  readonly totalMs: number;
}

/** What a run asks of a concurrency cap. */
export interface CapOptions {
  readonly runId: string;
  /** The most calls that may be under way. */
  readonly limit: number;
  readonly nowMs: number;
  /** When the call counts as ended, if the run does not say so before. */
  readonly leaseUntilMs: number;
}

/**
 * Concurrency caps: how many calls of one kind may be under way, across all environments. An item has the runs whose calls
 * are under way, each with a lease, so that a run that died frees what it used.
 */
export class Caps {
  readonly #table: LedgerTable;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  /** @returns whether the run may call; a run that had acquired it already may, with the new lease */
  async acquire(action: string, { runId, limit, nowMs, leaseUntilMs }: CapOptions): Promise<boolean> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const { kind, item } = await this.#update(action, {
        change: 'SET holders.#run = :lease',
        condition: hasRoom,
        names: { '#run': runId },
        values: { ':lease': number(leaseUntilMs), ':limit': number(limit) },
      });
      if (kind === 'written') {
        return true;
      }
      if (item.holders === undefined) {
        await this.#update(action, {
          change: 'SET holders = :none',
          condition: 'attribute_not_exists(holders)',
          values: { ':none': { M: {} } },
        });
      } else if (!(await this.#removeEnded(action, item, nowMs))) {
        return false;
      }
    }
    return false;
  }

  /**
   * Notes that a run's call is not under way any more.
   *
   * @param durationMs how long it took; absent if it was not made
   */
  async release(action: string, runId: string, durationMs?: number): Promise<void> {
    const isMade = durationMs !== undefined;
    await this.#update(action, {
      change: `REMOVE holders.#run${isMade ? ' ADD #endedCalls :one, #endedMs :ms' : ''}`,
      condition: 'attribute_exists(holders.#run)',
      names: { '#run': runId },
      ...(isMade ? { values: { ':one': number(1), ':ms': number(Math.round(durationMs)) } } : {}),
    });
  }

  /** How many calls have ended, and how long they took together, by kind of action. */
  async readDurations(actions: readonly string[]): Promise<ReadonlyMap<string, CallDurations>> {
    const items = await this.#table.read(actions.map(capKey));
    return new Map(
      actions.map((action) => {
        const item = items.get(capKey(action));
        return [action, { calls: Number(item?.endedCalls?.N ?? 0), totalMs: Number(item?.endedMs?.N ?? 0) }];
      }),
    );
  }

  /** @returns whether there was a run whose lease has ended */
  async #removeEnded(action: string, item: LedgerItem, nowMs: number): Promise<boolean> {
    const ended = Object.entries(item.holders?.M ?? {}).find(([, lease]) => Number(lease.N) <= nowMs);
    if (ended === undefined) {
      return false;
    }
    await this.#update(action, {
      change: 'REMOVE holders.#run',
      condition: 'holders.#run <= :now',
      names: { '#run': ended[0] },
      values: { ':now': number(nowMs) },
    });
    return true;
  }

  #update(action: string, update: Omit<ItemUpdate, 'pk'>): Promise<WriteOutcome> {
    return this.#table.update({ pk: capKey(action), ...update });
  }
}

/** How many calls are under way: runs other than this one whose lease has not ended. */
export function callsUnderWay(item: LedgerItem | undefined, runId: string, nowMs: number): number {
  return Object.entries(item?.holders?.M ?? {}).filter(
    ([holder, lease]) => holder !== runId && Number(lease.N) > nowMs,
  ).length;
}
