import { assign, type LedgerItem, type LedgerTable, number, text } from './ledgerTable.ts';

/** Key of the dispatcher's state. */
export const dispatcherKey = 'dispatcher';

const isFree = 'attribute_not_exists(#leaseUntilMs) OR #leaseUntilMs <= :now';
const isMine = '#owner = :owner';

/** What one pass of the dispatcher keeps for the next. */
export interface KeptState {
  /** Slots that each trigger is owed, or has had too many, by its name. */
  readonly deficits: Readonly<Record<string, number>>;
  /** Whatever else is carried over, kept as JSON; `undefined` at first. Kept as `undefined`, it stays as it was. */
  readonly carried: unknown;
}

/** What is kept, and until when the lease lasts from now on. To give the lease back, it ends now. */
export interface KeepOptions extends KeptState {
  readonly leaseUntilMs: number;
}

/** When the dispatcher was last alive, out of the item `dispatcher`; 0 when it never was. */
export function readAliveAtMs(item: LedgerItem | undefined): number {
  return Number(item?.aliveAtMs?.N ?? 0);
}

/**
 * The dispatcher's lease, and what it keeps from one pass to the next. One dispatcher at a time has the lease.
 *
 * All methods throw what the AWS SDK throws when the ledger does not answer.
 */
export class DispatcherState {
  readonly #table: LedgerTable;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  /**
   * Takes the lease. Its owner may take it again.
   *
   * @param owner random, one per invocation
   * @returns what the last pass has kept; `undefined` if another dispatcher has the lease
   */
  async take(owner: string, nowMs: number, leaseUntilMs: number): Promise<KeptState | undefined> {
    const { kind, item } = await this.#table.update(
      {
        pk: dispatcherKey,
        change: 'SET #owner = :owner, #leaseUntilMs = :until',
        condition: `${isFree} OR ${isMine}`,
        values: { ':owner': text(owner), ':until': number(leaseUntilMs), ':now': number(nowMs) },
      },
      { returns: 'ALL_OLD' },
    );
    return kind === 'written' ? keptState(item) : undefined;
  }

  /**
   * Keeps the state for the next pass, and notes that the dispatcher is alive.
   *
   * @returns whether no other dispatcher has taken the lease
   */
  async keep(
    owner: string,
    nowMs: number,
    { deficits, carried, leaseUntilMs }: KeepOptions,
  ): Promise<boolean> {
    return await this.#write(owner, {
      deficits: text(JSON.stringify(deficits)),
      carried: text(JSON.stringify(carried)),
      leaseUntilMs: number(leaseUntilMs),
      aliveAtMs: number(nowMs),
    });
  }

  /**
   * Notes that the dispatcher is alive. Runs are parked only while it is.
   *
   * @returns whether no other dispatcher has taken the lease
   */
  async alive(owner: string, nowMs: number): Promise<boolean> {
    return await this.#write(owner, { aliveAtMs: number(nowMs) });
  }

  async #write(owner: string, attributes: Parameters<typeof assign>[0]): Promise<boolean> {
    const { assignments, values } = assign(attributes);
    const { kind } = await this.#table.update({
      pk: dispatcherKey,
      change: `SET ${assignments}`,
      condition: isMine,
      values: { ...values, ':owner': text(owner) },
    });
    return kind === 'written';
  }
}

/** Reads what was kept. What cannot be read counts as never kept: turns are then a little less fair, once. */
function keptState({ deficits, carried }: LedgerItem): KeptState {
  return { deficits: numbersIn(parsed(deficits?.S)), carried: parsed(carried?.S) };
}

function numbersIn(value: unknown): Readonly<Record<string, number>> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry) => typeof entry[1] === 'number'));
}

function parsed(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}
