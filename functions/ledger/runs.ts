import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { RunMessage } from '../queue/runMessage.ts';
import { type CreditReservation, noteRemoval, settlementWrites } from './budgets.ts';
import { assign, type LedgerTable, number, text } from './ledgerTable.ts';
import {
  type DetailsKept,
  dayOf,
  type FoundEnd,
  foundEnd,
  type HistoryEntry,
  notTaken,
  type RunEnd,
  soFar,
  type TakenRun,
} from './runItem.ts';
import { type LeasedChange, leasedUpdate, type RunLease, runKey } from './runLease.ts';
import { shortened, shortenedJson } from './shortened.ts';
import { transact } from './transact.ts';

const isNew = 'attribute_not_exists(pk)';
const isFree = '(#state IN (:waiting, :calling) AND #leaseUntilMs <= :nowMs)';
const leaseHolds = '#leaseUntilMs > :updatedAtMs';
const hasEnded = '#state IN (:done, :failed, :skipped)';
const isOtherRedrive = '(attribute_not_exists(#redrive) OR #redrive <> :redrive)';

const isThatEnd = '#updatedAtMs = :endedAtMs';

/** What a redrive removes: all that the run came to, and the owner, whose last write may still be on its way. */
const traces = [
  'owner',
  'detail',
  'result',
  'creditsUsed',
  'recovery',
  'crashes',
  'segmentReport',
  'segopsReport',
  'segopsReportOwner',
  'segopsReportSends',
  'segopsReportUntilMs',
  'approval',
  'keys',
];

/** An item takes 400 KB in all. */
const maxEventsBytes = 200_000;
const maxRequestBytes = 100_000;
const maxLookupsBytes = 50_000;

/**
 * The nonce of a redrive: it names the end that the redrive undoes. However often the same end is redriven, by whichever
 * way, the run is made again once.
 */
export function redriveNonce(endedAtMs: number): string {
  return `ended-${endedAtMs}`;
}

/** `undefined` for a nonce that names no end. */
function endOfNonce(nonce: string): number | undefined {
  const [, endedAtMs] = /^ended-(\d+(?:\.\d+)?)$/.exec(nonce) ?? [];
  return endedAtMs === undefined ? undefined : Number(endedAtMs);
}

/** For how long a run is taken. */
export interface TakeOptions {
  readonly nowMs: number;
  readonly leaseUntilMs: number;
  /** When the run item may be deleted; the table's TTL attribute. */
  readonly expiresAtSeconds: number;
}

/** A new run that was not taken: the first write that is made of it makes its item. */
export interface RunOpening {
  readonly message: RunMessage;
  readonly expiresAtSeconds: number;
}

/** How an announced call ended, for a run that has to wait. */
export interface EndedCall {
  /** Calls made that count against the limit, this one included if it does. */
  readonly attempts: number;
  /** Whether the call may have done its work although no answer came. */
  readonly answerLost: boolean;
}

/** Why and until when a run waits. */
export interface RunWait {
  readonly nowMs: number;
  readonly notBeforeMs: number;
  /** The deadline that it has from now on; absent: the same as before. */
  readonly deadlineAtMs?: number | undefined;
  /** One of a few words, e.g. `pace`. */
  readonly reason: string;
  /** How the call ended that was announced; absent when none was announced. */
  readonly call?: EndedCall | undefined;
  /** Id of the work that Mavera has taken on. */
  readonly pendingId?: string | undefined;
  /** How far the search for a lost answer got, as JSON; absent: no further than before. */
  readonly recovery?: string | undefined;
  readonly detailsKept: DetailsKept;
  /** Of the request that was kept, to tell it from another. */
  readonly requestDigest?: string | undefined;
  /** JSON of the keys that were computed at admission; absent: the same as before. */
  readonly keys?: string | undefined;
  /** How often it has been parked, if it is parked now: the number of this parking. Absent: the same as before. */
  readonly parkings?: number | undefined;
  readonly history: readonly HistoryEntry[];
}

/** What is noted with a run's end. */
export interface EndOptions {
  readonly nowMs: number;
  readonly history: readonly HistoryEntry[];
  /** What the run had reserved, and how much of it was spent. */
  readonly settlement?:
    | { readonly creditReservation: CreditReservation; readonly creditsSpent: number }
    | undefined;
  /** Whether a call may have done its work although no answer came: a redrive then recovers it. */
  readonly answerLost: boolean;
}

/** JSON of a run's events, cut so that it fits into the item of the run's details. */
export function shownEvents(events: readonly unknown[]): string {
  return shortenedJson(events, maxEventsBytes);
}

/** The details of a run that are kept for people to read. */
export interface RunDetails {
  /** JSON of {@link shownEvents}. */
  readonly events: string;
  /** Absent when it could not be built. */
  readonly request?: Readonly<Record<string, unknown>> | undefined;
  /** JSON of {@link shownLookups}; absent when nothing was looked up. */
  readonly lookups?: string | undefined;
  /** Absent when it compares no items of a pull. */
  readonly compared?: ComparedItems | undefined;
}

/** How many items of a pull a run compares. */
export interface ComparedItems {
  /** Items of its collection. */
  readonly changed: number;
  /** Other items that the pull sees, by their last results. */
  readonly unchanged: number;
  /** Items for which there was no room. */
  readonly leftOut: number;
}

/** JSON of what a run looked up, by name, cut so that it fits into the item of the run's details. */
export function shownLookups(lookups: Readonly<Record<string, ShownLookup>>): string {
  return shortenedJson(lookups, maxLookupsBytes);
}

/** What a run looked up. `value` is absent when the system knows no such thing. */
export interface ShownLookup {
  /** When the system was asked, in epoch milliseconds; an earlier run may have asked it. */
  readonly atMs: number;
  readonly value?: unknown;
}

/** A call to Mavera that is about to be made. */
export interface AnnouncedCall {
  /** Calls made that count, this one included. */
  readonly attempts: number;
  readonly nowMs: number;
  readonly history: readonly HistoryEntry[];
  /** When the call starts; a lost answer is recovered by it. @default now */
  readonly startsAtMs?: number | undefined;
  /** Of the request that was kept, which is the one that is sent. */
  readonly requestDigest?: string | undefined;
}

/** Notes that Mavera is about to be called. Until something else is noted, the answer counts as lost. */
export function callingChange(call: AnnouncedCall): LeasedChange {
  const { attempts, nowMs, history, startsAtMs = nowMs, requestDigest } = call;
  const set = assign({
    state: text('calling'),
    attempts: number(attempts),
    updatedAtMs: number(nowMs),
    lostCallAtMs: number(startsAtMs),
    requestDigest: text(requestDigest),
    history: text(JSON.stringify(history)),
  });
  return { set, remove: ['recovery'], condition: leaseHolds };
}

/** Attributes that say where a run came from. */
function origin(
  message: RunMessage,
  expiresAtSeconds: number,
): Readonly<Record<string, AttributeValue | undefined>> {
  return {
    trigger: text(message.trigger),
    source: text(message.source),
    route: text(message.route),
    messageId: text(shortened(message.messageId)),
    userId: text(shortened(message.event.userId)),
    afterRun: text(message.after?.runId),
    afterTrigger: text(message.after?.trigger),
    pulledItem: text(message.pulledItem),
    day: text(dayOf(message.runId, message.receivedAtMs)),
    receivedAtMs: number(message.receivedAtMs),
    expiresAt: number(expiresAtSeconds),
  };
}

/**
 * The runs of the ledger: each is the work of one trigger for one event, and one delivery at a time has its lease.
 *
 * All methods throw what the AWS SDK throws when the ledger does not answer.
 */
export class Runs {
  readonly #table: LedgerTable;

  constructor(table: LedgerTable) {
    this.#table = table;
  }

  /**
   * Takes a run for this delivery: a new one, one that waits, or one whose lease has ended. Nothing changes that the index
   * has, unless the run is new: DynamoDB would bill one more write.
   */
  async take(
    lease: RunLease,
    message: RunMessage,
    { nowMs, leaseUntilMs, expiresAtSeconds }: TakeOptions,
  ): Promise<TakenRun> {
    const { assignments, values } = assign({
      ...origin(message, expiresAtSeconds),
      owner: text(lease.owner),
      leaseUntilMs: number(leaseUntilMs),
    });
    const { kind, item } = await this.#table.update(
      {
        pk: runKey(lease.runId),
        change:
          `SET ${assignments}, #state = if_not_exists(#state, :waiting), ` +
          '#attempts = if_not_exists(#attempts, :none), ' +
          '#updatedAtMs = if_not_exists(#updatedAtMs, :nowMs), ' +
          '#deadlineAtMs = if_not_exists(#deadlineAtMs, :deadlineAtMs)',
        condition: `${isNew} OR ${isFree}`,
        values: {
          ...values,
          ':waiting': text('waiting'),
          ':calling': text('calling'),
          ':none': number(0),
          ':nowMs': number(nowMs),
          ':deadlineAtMs': number(message.deadlineAtMs),
        },
      },
      { returns: 'ALL_OLD' },
    );
    return kind === 'written' ? { kind: 'taken', ...soFar(item) } : notTaken(item, lease.owner, nowMs);
  }

  /**
   * Makes an ended run wait again, once for each nonce. A nonce of {@link redriveNonce} redrives the end that it names
   * and no other: a copy of an older message cannot make a run again that has ended otherwise since.
   *
   * @returns whether it had ended so, and was not yet redriven for this nonce
   */
  async redrive(runId: string, nonce: string, nowMs: number, deadlineAtMs: number): Promise<boolean> {
    const endedAtMs = endOfNonce(nonce);
    const { assignments, values } = assign({
      state: text('waiting'),
      attempts: number(0),
      leaseUntilMs: number(0),
      notBeforeMs: number(0),
      deadlineAtMs: number(deadlineAtMs),
      updatedAtMs: number(nowMs),
      redrive: text(nonce),
    });
    const { kind } = await this.#table.update({
      pk: runKey(runId),
      change: `SET ${assignments} REMOVE ${traces.map((name) => `#${name}`).join(', ')}`,
      condition: [hasEnded, isOtherRedrive, ...(endedAtMs === undefined ? [] : [isThatEnd])].join(' AND '),
      values: {
        ...values,
        ':done': text('done'),
        ':failed': text('failed'),
        ':skipped': text('skipped'),
        ...(endedAtMs === undefined ? {} : { ':endedAtMs': number(endedAtMs) }),
      },
    });
    return kind === 'written';
  }

  /**
   * Keeps the details in an item of their own, so that later writes of the run item do not pay for them.
   *
   * @param isOpening the run counts as new, which is not certain: the details that there are stay
   */
  async keepDetails(
    runId: string,
    { events, request, lookups, compared }: RunDetails,
    expiresAtSeconds: number,
    isOpening: boolean = false,
  ): Promise<void> {
    await this.#table.put({
      ...(isOpening ? { condition: isNew } : {}),
      item: {
        pk: text(`details#${runId}`),
        events: text(events),
        ...(request === undefined ? {} : { request: text(shortenedJson(request, maxRequestBytes)) }),
        ...(lookups === undefined ? {} : { lookups: text(lookups) }),
        ...(compared === undefined ? {} : { compared: text(JSON.stringify(compared)) }),
        expiresAt: number(expiresAtSeconds),
      },
    });
  }

  /**
   * Notes that Mavera is about to be called, as {@link callingChange} has it.
   *
   * @returns whether this delivery still has the lease
   */
  async markCalling(lease: RunLease, call: AnnouncedCall): Promise<boolean> {
    return (await this.#table.update(leasedUpdate(lease, callingChange(call)))).kind === 'written';
  }

  /**
   * Notes how many deliveries of a run have died: they crashed, timed out or threw.
   *
   * @returns whether this delivery still has the lease
   */
  async noteCrashes(lease: RunLease, crashes: number): Promise<boolean> {
    const set = assign({ crashes: number(crashes) });
    return (await this.#table.update(leasedUpdate(lease, { set }))).kind === 'written';
  }

  /** Gives the lease back where a delivery could not go on, so that it does not count as a crash. */
  async letGo(lease: RunLease): Promise<void> {
    await this.#table.update(leasedUpdate(lease, { set: assign({ leaseUntilMs: number(0) }) }));
  }

  /**
   * Gives the lease back; the run's next delivery takes it.
   *
   * @param opening of a run that has no item yet: this makes it
   * @returns whether this delivery still had the lease; of an opening, whether the run was new
   */
  async release(lease: RunLease, wait: RunWait, opening?: RunOpening): Promise<boolean> {
    const { call, pendingId } = wait;
    const attributes = {
      state: text('waiting'),
      leaseUntilMs: number(0),
      reason: text(wait.reason),
      attempts: number(call?.attempts),
      notBeforeMs: number(wait.notBeforeMs),
      deadlineAtMs: number(wait.deadlineAtMs),
      updatedAtMs: number(wait.nowMs),
      pending: text(pendingId),
      pendingSinceMs: pendingId === undefined ? undefined : number(wait.nowMs),
      recovery: text(wait.recovery),
      detailsKept: number(wait.detailsKept),
      requestDigest: text(wait.requestDigest),
      parkings: number(wait.parkings),
      keys: text(wait.keys),
      history: text(JSON.stringify(wait.history)),
    };
    if (opening !== undefined) {
      return await this.#open(lease, opening, attributes);
    }
    const isAnswered = call !== undefined && !call.answerLost;
    const remove = isAnswered ? ['lostCallAtMs', 'recovery'] : [];
    const { kind } = await this.#table.update(leasedUpdate(lease, { set: assign(attributes), remove }));
    return kind === 'written';
  }

  /** Makes the item of a new run, as it is after its first delivery. @returns whether it was new */
  async #open(
    lease: RunLease,
    { message, expiresAtSeconds }: RunOpening,
    attributes: Readonly<Record<string, AttributeValue | undefined>>,
  ): Promise<boolean> {
    const { assignments, values } = assign({
      attempts: number(0),
      deadlineAtMs: number(message.deadlineAtMs),
      ...origin(message, expiresAtSeconds),
      ...Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)),
      owner: text(lease.owner),
    });
    const change = { pk: runKey(lease.runId), change: `SET ${assignments}`, condition: isNew, values };
    const { kind, item } = await this.#table.update(change);
    // An earlier attempt of this write may have reached the ledger.
    return kind === 'written' || item.owner?.S === lease.owner;
  }

  /**
   * Notes a run's end and settles what it had reserved, both or neither.
   *
   * @param opening of a run that has no item yet: this makes it
   * @returns whether this delivery still had the lease; of an opening, whether the run was new
   */
  async finish(
    lease: RunLease,
    end: RunEnd,
    { nowMs, history, settlement, answerLost }: EndOptions,
    opening?: RunOpening,
  ): Promise<boolean> {
    const attributes = {
      state: text(end.state),
      leaseUntilMs: number(0),
      reason: text(end.reason ?? 'done'),
      detail: text(end.detail),
      creditsUsed: number(end.creditsUsed),
      result: text(end.result),
      updatedAtMs: number(nowMs),
      history: text(JSON.stringify(history)),
    };
    if (opening !== undefined) {
      return await this.#open(lease, opening, attributes);
    }
    const set = assign(attributes);
    const remove = ['recovery', ...(answerLost ? [] : ['lostCallAtMs', 'pending', 'pendingSinceMs'])];
    if (settlement === undefined) {
      return (await this.#table.update(leasedUpdate(lease, { set, remove }))).kind === 'written';
    }
    const update = leasedUpdate(lease, {
      set,
      ...noteRemoval,
      remove: [...remove, ...noteRemoval.remove],
    });
    const { creditReservation, creditsSpent } = settlement;
    const outcome = await transact(this.#table, [
      { update },
      ...settlementWrites(creditReservation, creditsSpent),
    ]);
    return outcome.kind === 'written';
  }

  /**
   * The request that was kept with a run's details: what was sent, if a call was made. Very long strings in it are cut.
   *
   * @returns `undefined` when the ledger does not hold it
   */
  async readRequest(runId: string): Promise<unknown> {
    const request = (await this.#table.readOne(`details#${runId}`))?.request?.S;
    return request === undefined ? undefined : JSON.parse(request);
  }

  /** How a run has ended; `undefined` when the ledger does not have it. */
  async readEnd(runId: string): Promise<FoundEnd | undefined> {
    const item = await this.#table.readOne(runKey(runId));
    return item === undefined ? undefined : foundEnd(item);
  }

  /** Notes whether the result of an ended run was reported to Segment. */
  async noteReport(runId: string, outcome: 'sent' | 'failed', nowMs: number): Promise<void> {
    const { assignments, values } = assign({ segmentReport: text(outcome), reportedAtMs: number(nowMs) });
    const pk = runKey(runId);
    await this.#table.update({
      pk,
      change: `SET ${assignments}`,
      condition: 'attribute_exists(pk)',
      values,
    });
  }
}
