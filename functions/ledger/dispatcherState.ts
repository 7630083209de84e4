import { assign, type LedgerTable, number, text } from './ledgerTable.ts';
import { type DispatcherView, dispatcherKey, dispatcherView } from './sharedState.ts';

/** Key of what one pass of the dispatcher keeps for the next. */
const planKey = 'dispatcherPlan';
/** Key of what the last pass has found, for operators. */
const reportKey = 'dispatcherReport';

/**
 * How long other runs leave the free slots to those that are parked, after a run of a new lane was parked. By then the
 * dispatcher has made its next pass.
 */
export const slotsWantedForMs = 90_000;

const isFree = 'attribute_not_exists(#leaseUntilMs) OR #leaseUntilMs <= :now';
const isMine = '#owner = :owner';

/** What the dispatcher knows of a lane, for operators. */
export interface LaneReport {
  readonly lane: string;
  /** Why it waits as a whole; absent if its runs only wait for their turns. */
  readonly reason?: string | undefined;
  readonly count: number;
  /** Whether nothing was left out in counting. */
  readonly isExact: boolean;
  readonly countedAtMs: number;
  /** The place of its first run: when that run's event arrived, or until when it waits. */
  readonly oldestMs: number;
  /** The earliest slot to come that is known of one of its runs. */
  readonly nextSlotAtMs?: number | undefined;
}

/** What one pass of the dispatcher has found. */
export interface DispatchReport {
  readonly atMs: number;
  readonly lanes: readonly LaneReport[];
}

/** What is told to all when a pass ends. */
export interface PassEnd {
  readonly nowMs: number;
  readonly waiting: readonly string[];
  readonly slotsWantedUntilMs: number;
}

/**
 * The dispatcher's lease, what it keeps from one pass to the next, and what it tells others. One dispatcher at a time has
 * the lease.
 *
 * All methods throw what the AWS SDK throws when the ledger does not answer.
 */
export class DispatcherState {
  readonly #table: LedgerTable;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  /**
   * Takes the lease, or prolongs it.
   *
   * @param owner random, one per invocation
   * @returns whether no other dispatcher has it
   */
  async take(owner: string, nowMs: number, leaseUntilMs: number): Promise<boolean> {
    const { kind } = await this.#table.update({
      pk: dispatcherKey,
      change: 'SET #owner = :owner, #leaseUntilMs = :until',
      condition: `${isFree} OR ${isMine}`,
      values: { ':owner': text(owner), ':until': number(leaseUntilMs), ':now': number(nowMs) },
    });
    return kind === 'written';
  }

  /** What the last pass has kept; `undefined` at first, and for what cannot be read: turns are then less fair, once. */
  async readPlan(): Promise<unknown> {
    return parsed((await this.#table.readOne(planKey))?.plan?.S);
  }

  /** Keeps something for the next pass, as JSON. */
  async keepPlan(plan: unknown): Promise<void> {
    await this.#table.put({ item: { pk: text(planKey), plan: text(JSON.stringify(plan)) } });
  }

  async keepReport(report: DispatchReport): Promise<void> {
    await this.#table.put({ item: { pk: text(reportKey), report: text(JSON.stringify(report)) } });
  }

  /** What the last pass has found; `undefined` when none has. */
  async readReport(): Promise<DispatchReport | undefined> {
    return parsed((await this.#table.readOne(reportKey))?.report?.S) as DispatchReport | undefined;
  }

  /** The item that admission goes by, as it is now. */
  async view(): Promise<DispatcherView> {
    return dispatcherView(await this.#table.readOne(dispatcherKey));
  }

  /**
   * Ends a pass: gives the lease back, notes that the dispatcher is alive, and tells admission which lanes wait.
   *
   * @returns whether no other dispatcher has taken the lease
   */
  async finish(owner: string, { nowMs, waiting, slotsWantedUntilMs }: PassEnd): Promise<boolean> {
    const { assignments, values } = assign({
      leaseUntilMs: number(0),
      aliveAtMs: number(nowMs),
      slotsWantedUntilMs: number(slotsWantedUntilMs),
      waiting: waiting.length === 0 ? undefined : { SS: [...waiting] },
    });
    const { kind } = await this.#table.update({
      pk: dispatcherKey,
      change: `SET ${assignments}${waiting.length === 0 ? ' REMOVE #waiting' : ''}`,
      condition: isMine,
      values: { ...values, ':owner': text(owner) },
    });
    return kind === 'written';
  }

  /**
   * Tells admission at once that a lane has runs, before the dispatcher finds them.
   *
   * @param slotsWantedAtMs now, if they wait for slots: other runs then leave the free slots to them
   */
  async noteWaiting(lane: string, slotsWantedAtMs: number | undefined): Promise<void> {
    const until =
      slotsWantedAtMs === undefined ? {} : { ':until': number(slotsWantedAtMs + slotsWantedForMs) };
    await this.#table.update({
      pk: dispatcherKey,
      change: `${slotsWantedAtMs === undefined ? '' : 'SET #slotsWantedUntilMs = :until '}ADD #waiting :lane`,
      values: { ...until, ':lane': { SS: [lane] } },
    });
  }

  /** Lets no run be parked or dispatched until a moment, so that all can be put back into the queue; 0 ends it. */
  async setParkingOff(untilMs: number): Promise<void> {
    await this.#table.update({
      pk: dispatcherKey,
      change: 'SET #parkingOffUntilMs = :until',
      values: { ':until': number(untilMs) },
    });
  }
}

function parsed(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}
