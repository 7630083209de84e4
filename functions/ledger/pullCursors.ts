import { occurrenceKey, pullKey } from './keys.ts';
import { type Assignments, assign, type LedgerItem, type LedgerTable, number, text } from './ledgerTable.ts';
import {
  cursorOf,
  deflated,
  type EndedOccurrence,
  noCounts,
  type PullCounts,
  type PullCursor,
  type PullEnd,
  type StateMark,
} from './pullCursor.ts';
import { transact } from './transact.ts';

const isNew = 'attribute_not_exists(pk)';
const isIdle = `${isNew} OR #status <> :working`;
const isOverdue = '#endsAtMs <= :now';
const isFree = 'attribute_not_exists(#leaseUntilMs) OR #leaseUntilMs <= :now';
const isWorking = '#status = :working AND #occurrence = :occurrence';
const isMine = `${isWorking} AND #owner = :owner`;

/** How long an occurrence is known: the schedule may start it twice, and an operator asks for it. */
const occurrenceKeptSeconds = 35 * 86_400;
/** How long a pull is known that does not start any more. */
const cursorKeptSeconds = 400 * 86_400;

/** The right of one delivery to work on an occurrence. */
export interface PullLease {
  readonly trigger: string;
  readonly occurrence: string;
  /** Random, one per delivery. */
  readonly owner: string;
}

/** A start of a pull. */
export interface PullStart {
  readonly trigger: string;
  readonly occurrence: string;
  readonly state: unknown;
  readonly nowMs: number;
  readonly endsAtMs: number;
}

/**
 * `begun`: it is at work now; `repeated`: it was at work already; `skipped`: another occurrence is at work; `known`: it has
 * been at work, or was skipped.
 */
export type PullBegin =
  | { readonly kind: 'begun' | 'repeated' | 'skipped'; readonly cursor: PullCursor }
  | { readonly kind: 'known' };

/** Whether a delivery may work on an occurrence; `over`: the occurrence is not at work. */
export type PullTake =
  | { readonly kind: 'taken'; readonly cursor: PullCursor }
  | { readonly kind: 'leased'; readonly untilMs: number }
  | { readonly kind: 'over' };

/** What a step leaves for the next one. */
export interface NextStep {
  readonly state: unknown;
  readonly dueAtMs: number;
  readonly counts: PullCounts;
  readonly mark?: StateMark | undefined;
}

/**
 * The pulls of the ledger: for each trigger one item that says where its pull stands, and one for each occurrence.
 *
 * All methods throw what the AWS SDK throws when the ledger does not answer.
 */
export class PullCursors {
  readonly #table: LedgerTable;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  /** Where the pulls of triggers stand; those that never started are absent. */
  async read(triggers: readonly string[]): Promise<ReadonlyMap<string, PullCursor>> {
    const items = await this.#table.read([...new Set(triggers)].map(pullKey));
    return new Map([...items.values()].map(cursorOf).map((cursor) => [cursor.trigger, cursor]));
  }

  /** Whether a start was skipped, because another occurrence was at work. */
  async wasSkipped(trigger: string, occurrence: string): Promise<boolean> {
    const item = await this.#table.readOne(occurrenceKey(trigger, occurrence));
    return item?.status?.S === 'skipped';
  }

  /** Begins an occurrence, once, if no other one is at work. One that has not ended in its time is at work no more. */
  async begin(start: PullStart): Promise<PullBegin> {
    const { trigger, occurrence, nowMs } = start;
    const outcome = await transact(this.#table, [
      { put: this.#occurrencePut(start, 'working') },
      {
        update: {
          pk: pullKey(trigger),
          change: `SET ${begun(start).assignments} REMOVE #owner, #leaseUntilMs, #waitsFor, #mark`,
          condition: `${isIdle} OR ${isOverdue}`,
          values: { ...begun(start).values, ':working': text('working'), ':now': number(nowMs) },
        },
      },
    ]);
    const cursor = (await this.read([trigger])).get(trigger);
    if (outcome.kind === 'written') {
      return cursor === undefined ? { kind: 'known' } : { kind: 'begun', cursor };
    }
    if (cursor?.isAtWork === true && cursor.occurrence === occurrence) {
      return { kind: 'repeated', cursor };
    }
    // That it was skipped is noted, so that a repeat of the same start does not begin it later.
    const isSkipped = !outcome.by.includes(0) && cursor !== undefined && (await this.#noteSkipped(start));
    return isSkipped ? { kind: 'skipped', cursor } : { kind: 'known' };
  }

  /** Takes the lease of an occurrence that is at work. */
  async take(lease: PullLease, nowMs: number, leaseUntilMs: number): Promise<PullTake> {
    const { kind, item } = await this.#table.update({
      pk: pullKey(lease.trigger),
      change: 'SET #owner = :owner, #leaseUntilMs = :until',
      condition: `${isWorking} AND (${isFree} OR #owner = :owner)`,
      values: { ...valuesOf(lease), ':until': number(leaseUntilMs), ':now': number(nowMs) },
    });
    if (kind === 'refused') {
      const isAtWork = item.status?.S === 'working' && item.occurrence?.S === lease.occurrence;
      return isAtWork ? { kind: 'leased', untilMs: Number(item.leaseUntilMs?.N ?? nowMs) } : { kind: 'over' };
    }
    const found = await this.#table.readOne(pullKey(lease.trigger));
    return found === undefined ? { kind: 'over' } : { kind: 'taken', cursor: cursorOf(found) };
  }

  /**
   * Stores what a step has come to, and gives the lease back.
   *
   * @param version of the step that was taken
   * @returns whether the lease held
   */
  async advance(
    lease: PullLease,
    version: number,
    { state, dueAtMs, counts, mark }: NextStep,
  ): Promise<boolean> {
    return await this.#change(
      lease,
      assign({
        version: number(version + 1),
        state: deflated(state),
        dueAtMs: number(dueAtMs),
        counts: text(JSON.stringify(counts)),
        failures: number(0),
        mark: text(mark && JSON.stringify(mark)),
      }),
      { remove: ['waitsFor', ...(mark === undefined ? ['mark'] : [])], version },
    );
  }

  /** Lets a step be tried again later, and gives the lease back. */
  async wait(
    lease: PullLease,
    { dueAtMs, failures, waitsFor }: Pick<PullCursor, 'dueAtMs' | 'failures' | 'waitsFor'>,
  ): Promise<boolean> {
    return await this.#change(
      lease,
      assign({
        dueAtMs: number(dueAtMs),
        failures: number(failures),
        waitsFor: text(waitsFor),
      }),
    );
  }

  /** Gives the lease back without any change, for a delivery that is not to take the step. */
  async release(lease: PullLease): Promise<void> {
    await this.#change(lease, assign({}));
  }

  /** Ends an occurrence by the delivery that works on it. @returns whether the lease held */
  async end(lease: PullLease, cursor: PullCursor, end: PullEnd, nowMs: number): Promise<boolean> {
    return await this.#end(lease, cursor, end, nowMs, isMine);
  }

  /** Ends an occurrence, whoever works on it. @returns whether it was at work */
  async endByForce(
    cursor: PullCursor,
    { status, detail }: Omit<PullEnd, 'counts'>,
    nowMs: number,
  ): Promise<boolean> {
    const { trigger, occurrence, counts } = cursor;
    const end = { status, detail, counts };
    return await this.#end({ trigger, occurrence, owner: '' }, cursor, end, nowMs, isWorking);
  }

  /** Notes that the end of an occurrence was told, so that no other delivery tells it. */
  async noteTold(trigger: string, occurrence: string): Promise<void> {
    const { assignments, values } = assign({ toldOccurrence: text(occurrence) });
    await this.#table.update({
      pk: pullKey(trigger),
      change: `SET ${assignments}`,
      condition: 'attribute_exists(pk)',
      values,
    });
  }

  async #end(
    lease: PullLease,
    { startedAtMs }: PullCursor,
    { status, detail, counts }: PullEnd,
    endedAtMs: number,
    condition: string,
  ): Promise<boolean> {
    const { trigger, occurrence } = lease;
    const last: EndedOccurrence = { occurrence, status, detail, counts, startedAtMs, endedAtMs };
    const ended = assign({
      status: text(status),
      last: text(JSON.stringify(last)),
      lastDone: text(status === 'done' ? occurrence : undefined),
      counts: text(JSON.stringify(counts)),
      expiresAt: number(Math.ceil(endedAtMs / 1000) + cursorKeptSeconds),
    });
    const outcome = await this.#table.update({
      pk: pullKey(trigger),
      // A state may hold ids of people: it is kept no longer than it is needed.
      change: `SET ${ended.assignments} REMOVE #state, #mark, #owner, #leaseUntilMs, #waitsFor`,
      condition,
      values:
        condition === isMine
          ? { ...ended.values, ...valuesOf(lease) }
          : { ...ended.values, ':working': text('working'), ':occurrence': text(occurrence) },
    });
    return outcome.kind === 'written';
  }

  async #change(
    lease: PullLease,
    { assignments, values }: Assignments,
    { remove = [], version }: { readonly remove?: readonly string[]; readonly version?: number } = {},
  ): Promise<boolean> {
    const removed = ['owner', 'leaseUntilMs', ...remove].map((name) => `#${name}`).join(', ');
    const { kind } = await this.#table.update({
      pk: pullKey(lease.trigger),
      change: `${assignments === '' ? '' : `SET ${assignments} `}REMOVE ${removed}`,
      condition: version === undefined ? isMine : `${isMine} AND #version = :taken`,
      values: {
        ...values,
        ...valuesOf(lease),
        ...(version === undefined ? {} : { ':taken': number(version) }),
      },
    });
    return kind === 'written';
  }

  async #noteSkipped(start: PullStart): Promise<boolean> {
    return (await this.#table.put(this.#occurrencePut(start, 'skipped'))).kind === 'written';
  }

  #occurrencePut(
    { trigger, occurrence, nowMs }: PullStart,
    status: 'working' | 'skipped',
  ): { readonly item: LedgerItem; readonly condition: string } {
    return {
      item: {
        pk: text(occurrenceKey(trigger, occurrence)),
        trigger: text(trigger),
        occurrence: text(occurrence),
        // How it ended stands in the item of the pull.
        status: text(status),
        startedAtMs: number(nowMs),
        expiresAt: number(Math.ceil(nowMs / 1000) + occurrenceKeptSeconds),
      },
      condition: isNew,
    };
  }
}

function begun({ trigger, occurrence, state, nowMs, endsAtMs }: PullStart): Assignments {
  return assign({
    trigger: text(trigger),
    occurrence: text(occurrence),
    status: text('working'),
    version: number(0),
    state: deflated(state),
    startedAtMs: number(nowMs),
    endsAtMs: number(endsAtMs),
    dueAtMs: number(nowMs),
    failures: number(0),
    counts: text(JSON.stringify(noCounts)),
    expiresAt: number(Math.ceil(endsAtMs / 1000) + cursorKeptSeconds),
  });
}

function valuesOf({ occurrence, owner }: PullLease): LedgerItem {
  return { ':working': text('working'), ':occurrence': text(occurrence), ':owner': text(owner) };
}
