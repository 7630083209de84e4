import { createHash } from 'node:crypto';
import type { CreditReservation } from '../ledger/budgets.ts';
import type { LookedUpValue } from '../ledger/lookedUp.ts';
import { notBeforeLane } from '../ledger/parkedIndex.ts';
import {
  addToHistory,
  type DetailsKept,
  type HistoryEntry,
  type RunEnd,
  type RunSoFar,
} from '../ledger/runItem.ts';
import type { RunLease } from '../ledger/runLease.ts';
import { assertLeased, RunNotNewError } from '../ledger/runLease.ts';
import {
  type ComparedItems,
  callingChange,
  type EndedCall,
  type RunDetails,
  type RunOpening,
  type ShownLookup,
  shownEvents,
  shownLookups,
} from '../ledger/runs.ts';
import type { DispatcherView } from '../ledger/sharedState.ts';
import { shortened } from '../ledger/shortened.ts';
import { type RunMessage, writeRunMessage } from '../queue/runMessage.ts';
import { approvalNotice } from '../results/approvalNotice.ts';
import type { ApplyingBudget, CreditsToReserve } from './gates/gate.ts';
import { expectedCreditsOf, readTriggerKeys, type TriggerKeys } from './prepareRequest.ts';
import type { Reason } from './reasons.ts';
import { releaseUnused } from './releaseUnused.ts';
import type { Door, RunnerDependencies } from './runDependencies.ts';
import {
  type DeliveryFacts,
  type Ended,
  ended,
  type Failure,
  type RunOutcome,
  type Wait,
} from './runOutcome.ts';
import { endsAtMs, type WaitingPlace, waitingPlace } from './waitingPlace.ts';

/** For how long after it began a run may still poll work at Mavera that has outlasted the run's deadline. */
const longestPollMs = 24 * 3_600_000;
/** How much time such a run gets each time that it waits. */
const lastPollMs = 15 * 60_000;

/** The end of a run, and when it was recorded. */
export interface RecordedEnd {
  readonly end: RunEnd;
  readonly finishedAtMs: number;
}

/**
 * A run under the lease of one delivery, and how the delivery can end: the run waits, fails, is skipped or is done.
 * Every change of the run item has the condition that this delivery still has the lease.
 */
export class LeasedRun {
  readonly message: RunMessage;
  readonly lease: RunLease;
  /** The state that earlier deliveries left. */
  readonly soFar: RunSoFar;
  /** The run is only admitted: it gets a slot or is parked, and does not call Mavera. */
  readonly isAdmission: boolean;
  readonly #opening: RunOpening | undefined;
  readonly #body: string;
  readonly #endsAtMs: number;
  readonly #dependencies: RunnerDependencies;
  #history: readonly HistoryEntry[];
  #details: RunDetails | undefined;
  #detailsKept: DetailsKept;
  #requestDigest: string | undefined;
  #creditReservation: CreditReservation | undefined;
  #facts: DeliveryFacts = {};
  #outcome: RunOutcome | undefined;
  #recordedEnd: RecordedEnd | undefined;
  #dispatcher: DispatcherView | undefined;
  #keys: TriggerKeys | undefined;
  #estimatedCredits: number | undefined;
  #mayHaveClaimed: boolean;
  #lookups: Readonly<Record<string, ShownLookup>> | undefined;
  #compared: ComparedItems | undefined;

  /**
   * @param delivery the queue message as it came, the queue that it came from, and when Lambda ends this invocation, in
   * epoch milliseconds
   * @param opening of a new run that was not taken: its first write makes its item
   */
  constructor(
    message: RunMessage,
    delivery: { readonly body: string; readonly door: Door; readonly endsAtMs: number },
    lease: RunLease,
    soFar: RunSoFar,
    dependencies: RunnerDependencies,
    opening?: RunOpening,
  ) {
    this.#opening = opening;
    this.message = message;
    this.lease = lease;
    this.soFar = soFar;
    this.isAdmission = delivery.door === 'intake';
    this.#body = delivery.body;
    this.#endsAtMs = delivery.endsAtMs;
    this.#dependencies = dependencies;
    this.#history = soFar.history;
    this.#detailsKept = soFar.detailsKept;
    this.#requestDigest = soFar.requestDigest;
    this.#creditReservation = soFar.creditReservation;
    this.#keys = readTriggerKeys(soFar.keys);
    // An earlier delivery may have claimed before it died.
    this.#mayHaveClaimed = soFar.deadlineAtMs !== undefined;
  }

  /** Tells the run of the dispatcher: until then, it is not parked. */
  knowDispatcher(dispatcher: DispatcherView): void {
    this.#dispatcher = dispatcher;
  }

  /** The keys that were computed at its admission; `undefined` if it has had none. */
  get keys(): TriggerKeys | undefined {
    return this.#keys;
  }

  /** Sets its keys; written with the next wait. */
  setKeys(keys: TriggerKeys): void {
    this.#keys = keys;
  }

  /** From now on the run may claim its cooldown, thread or persona: an end without a result releases them. */
  beginToClaim(): void {
    this.#mayHaveClaimed = true;
  }

  /** Sets what its request is expected to cost. */
  estimate(credits: number): void {
    this.#estimatedCredits = credits;
  }

  /** How much time this invocation has left. */
  remainingMs(): number {
    return this.#endsAtMs - this.#dependencies.now();
  }

  /** The credits that the ledger has set aside for this run; its end settles them. */
  get creditReservation(): CreditReservation | undefined {
    return this.#creditReservation;
  }

  setCreditReservation(creditReservation: CreditReservation | undefined): void {
    this.#creditReservation = creditReservation;
  }

  /**
   * Counts the reserved credits as spent, because Mavera may have billed them although no result came. The next call
   * has to reserve credits again.
   */
  async spendReservation(): Promise<void> {
    if (this.#creditReservation !== undefined) {
      const { credits } = this.#creditReservation;
      assertLeased(await this.#dependencies.budgets.settle(this.lease, this.#creditReservation, credits));
      this.#creditReservation = undefined;
    }
  }

  /** Whether an earlier delivery has sent something to Mavera that is not finished. */
  get hasSent(): boolean {
    return this.soFar.lostCallAtMs !== undefined || this.soFar.pending !== undefined;
  }

  /** Whether an earlier delivery has begun something that must be finished. */
  get hasBegun(): boolean {
    return this.hasSent || this.soFar.collection !== undefined;
  }

  /** Work at Mavera is paid for: after the deadline it is polled once more, whatever is paused. */
  isLastPoll(nowMs: number = this.#dependencies.now()): boolean {
    const { pending } = this.soFar;
    return (
      pending !== undefined && nowMs >= this.message.deadlineAtMs && nowMs < pending.sinceMs + longestPollMs
    );
  }

  /** Adds what the delivery has found out. */
  report(facts: DeliveryFacts): void {
    this.#facts = { ...this.#facts, ...facts };
  }

  /**
   * How the delivery has ended.
   *
   * @throws Error before it has
   */
  get outcome(): RunOutcome {
    if (this.#outcome === undefined) {
      throw new Error(`The delivery of run ${this.message.runId} has not ended`);
    }
    return { ...this.#facts, ...this.#outcome };
  }

  /** The end that this delivery has recorded and that has to be announced; `undefined` if the run waits. */
  get recordedEnd(): RecordedEnd | undefined {
    return this.#recordedEnd;
  }

  /** Sets what people see of the run; written with the next change of the run item. */
  describe(details: RunDetails): void {
    this.#details = details;
  }

  /** Adds what was looked up under a name to what people see of the run. `undefined`: the system knows no such thing. */
  noteLookup(name: string, { value, atMs }: LookedUpValue): void {
    this.#lookups = { ...this.#lookups, [name]: value === undefined ? { atMs } : { atMs, value } };
  }

  /** Adds how many items the run compares to what people see of it. */
  noteComparison(compared: ComparedItems): void {
    this.#compared = compared;
    this.report({ compared });
  }

  /** Adds to the run's history; written with the next change of the run item. */
  note(what: HistoryEntry['what'], reason?: Reason, untilMs?: number): void {
    const atMs = this.#dependencies.now();
    this.#history = addToHistory(this.#history, { atMs, what, reason, untilMs });
  }

  /**
   * Notes that a call to Mavera is about to start. If nothing is written after it, the answer was lost.
   *
   * @param attempts calls made that count, this one included
   * @param slotAtMs when the call starts; `undefined` for now
   * @param reserves credits to reserve in the same write
   * @returns the budget that has too few credits left; then nothing is noted
   */
  async markCalling(
    attempts: number,
    slotAtMs: number | undefined,
    reserves?: CreditsToReserve,
  ): Promise<ApplyingBudget | undefined> {
    const { runs, budgets, now } = this.#dependencies;
    const historyBefore = this.#history;
    this.note('calls');
    await this.#keepDetails();
    const nowMs = now();
    const startsAtMs = Math.max(nowMs, slotAtMs ?? nowMs);
    const [history, requestDigest] = [this.#history, this.#requestDigest];
    const call = { attempts, nowMs, history, startsAtMs, requestDigest };
    if (reserves === undefined) {
      assertLeased(await runs.markCalling(this.lease, call));
      return undefined;
    }
    const outcome = await budgets.reserve(
      this.lease,
      reserves.credits,
      reserves.budgets,
      callingChange(call),
    );
    assertLeased(outcome.kind !== 'lost');
    if (outcome.kind === 'reserved') {
      this.#creditReservation = outcome.creditReservation;
      return undefined;
    }
    this.#history = historyBefore;
    const spent = reserves.budgets.find(({ key }) => outcome.kind === 'spent' && key === outcome.key);
    if (spent === undefined) {
      throw new Error(`A budget refused run ${this.message.runId} that it was not asked to pay`);
    }
    return spent;
  }

  /**
   * Ends the lease, and parks the run or queues it again. After a crash between these steps, the message in flight comes
   * back.
   *
   * @param call how the call ended that {@link markCalling} announced; absent if there was none
   */
  async wait(wait: Wait, call?: EndedCall): Promise<Ended> {
    const { runs, queues, now } = this.#dependencies;
    const { reason, slotAtMs, pendingId, recovery } = wait;
    const nowMs = now();
    // Without more time, a run that still polls after its deadline would come back at once, again and again.
    const laterMs = this.isLastPoll(nowMs) ? nowMs + lastPollMs : (wait.deadlineAtMs ?? 0);
    const deadlineAtMs = Math.max(this.message.deadlineAtMs, laterMs);
    // At its deadline the run comes back in any case, to fail.
    const comesBackMs = Math.min(wait.untilMs, Math.max(nowMs, deadlineAtMs));
    const place = waitingPlace({ ...wait, untilMs: comesBackMs }, this.message, this.#dispatcher, nowMs);
    // In another lane a run has no time of its own: it comes back when the dispatcher or an operator sends it.
    const untilMs = place.kind === 'parked' && place.lane !== notBeforeLane ? nowMs : comesBackMs;
    const parkings = place.kind === 'parked' ? this.soFar.parkings + 1 : undefined;
    this.note('waits', reason, untilMs);
    // Its message has all that there is of it, and soon its request is built. A person who decides wants to see its event.
    if (!this.#isNew || reason === 'approval' || (place.kind === 'queued' && slotAtMs === undefined)) {
      await this.#keepDetails();
    }
    this.#assertWritten(
      await runs.release(
        this.lease,
        {
          nowMs,
          notBeforeMs: untilMs,
          deadlineAtMs,
          reason,
          call,
          pendingId,
          recovery,
          detailsKept: this.#detailsKept,
          requestDigest: this.#requestDigest,
          keys: this.#keys === undefined ? undefined : JSON.stringify(this.#keys),
          parkings,
          history: this.#history,
        },
        this.#opening,
      ),
    );
    const message = { ...this.message, deadlineAtMs, notBeforeMs: untilMs, slotAtMs };
    if (place.kind === 'parked') {
      await this.#park(message, place, reason, pendingId !== undefined);
    } else {
      await queues.sendLater(message, nowMs, place.queue);
    }
    if (reason === 'approval') {
      await this.#askForApproval(place.kind);
    }
    const parkedIn = place.kind === 'parked' ? place.lane : undefined;
    return this.#endAs({
      outcome: 'waiting',
      reason,
      // In a lane without times of its own, nobody knows.
      waitMs:
        untilMs === nowMs && parkedIn !== undefined ? undefined : Math.max(0, Math.round(untilMs - nowMs)),
      parkedIn,
    });
  }

  /** Parks the run under a number that its item has not had before, and tells admission of a lane that was empty. */
  async #park(
    message: RunMessage,
    { lane, orderMs }: Extract<WaitingPlace, { readonly kind: 'parked' }>,
    reason: Reason,
    isSent: boolean,
  ): Promise<void> {
    const { parkedRuns, dispatcherState, triggers, settings, now } = this.#dependencies;
    const trigger = triggers.get(message.trigger);
    const isPaid = isSent || this.hasSent || this.#creditReservation !== undefined;
    const estimate = this.#estimatedCredits ?? (trigger === undefined ? 0 : expectedCreditsOf(trigger));
    await parkedRuns.park({
      runId: message.runId,
      trigger: message.trigger,
      lane,
      number: this.soFar.parkings + 1,
      orderMs,
      endsAtMs: endsAtMs(message, trigger?.staleAfter, isSent || this.hasBegun),
      credits: isPaid ? 0 : estimate,
      body: writeRunMessage(message),
      expiresAtSeconds: Math.ceil((message.deadlineAtMs + settings.runRetentionMs) / 1000),
    });
    if (lane === message.trigger && this.#dispatcher?.waiting.has(lane) !== true) {
      await dispatcherState.noteWaiting(lane, reason === 'pace_full' ? now() : undefined);
    }
  }

  /** Tells the results topic that a person has to decide: once for each parking, or once while the run is not parked. */
  async #askForApproval(place: WaitingPlace['kind']): Promise<void> {
    const { results, triggers, now } = this.#dependencies;
    const last = this.soFar.history.at(-1);
    const isTold = place === 'queued' && last?.what === 'waits' && last.reason === 'approval';
    const trigger = triggers.get(this.message.trigger);
    if (trigger !== undefined && !isTold) {
      const credits = this.#estimatedCredits ?? expectedCreditsOf(trigger);
      await results.publish(approvalNotice(this.message, trigger.run.kind, credits, now()));
    }
  }

  /** The run waits before anything was prepared for its call: its message has all that there is of it. */
  get #isNew(): boolean {
    return this.#details === undefined && !this.hasBegun;
  }

  /** Dead-letters the message, then records the failure. In this order a crash cannot lose the dead letter. */
  async fail(failure: Failure): Promise<Ended> {
    const { reason, detail, result, spent = 'nothing', answerLost = false } = failure;
    // The dead letter comes before the write that would tell whether the run is new.
    this.#assertWritten(this.#opening === undefined);
    const endedAtMs = this.#dependencies.now();
    await this.#dependencies.queues.deadLetter(this.#body, { reason, detail, endedAtMs });
    const creditsUsed = spent === 'estimate' ? this.#creditReservation?.credits : undefined;
    const end: RunEnd = { state: 'failed', reason, detail: shortened(detail), result, creditsUsed };
    await this.#end(end, answerLost, endedAtMs);
    if (spent === 'nothing') {
      await this.#releaseUnused(reason);
    }
    return ended;
  }

  /** Ends the run without a call. */
  async skip(reason: Reason, detail?: string): Promise<Ended> {
    await this.#end({ state: 'skipped', reason, detail }, false);
    await this.#releaseUnused(reason);
    return ended;
  }

  async #releaseUnused(reason: Reason): Promise<void> {
    if (this.#mayHaveClaimed) {
      await releaseUnused(this.message, this.#dependencies, { reason, keys: this.#keys });
    }
  }

  /** Records the result. */
  async finish(creditsUsed: number | undefined, result: string): Promise<Ended> {
    return await this.#end({ state: 'done', creditsUsed, result }, false);
  }

  async #end(end: RunEnd, answerLost: boolean, nowMs: number = this.#dependencies.now()): Promise<Ended> {
    const { runs } = this.#dependencies;
    const reason = end.reason as Reason | undefined;
    this.note(end.state, reason);
    await this.#keepDetails();
    const settlement = settlementOf(end, this.#creditReservation);
    const options = { nowMs, history: this.#history, settlement, answerLost };
    this.#assertWritten(await runs.finish(this.lease, end, options, this.#opening));
    this.#creditReservation = undefined;
    this.#recordedEnd = { end, finishedAtMs: nowMs };
    return this.#endAs({ outcome: end.state, reason, creditsUsed: end.creditsUsed });
  }

  /** @throws LeaseLostError, or RunNotNewError of a run that was not taken */
  #assertWritten(isWritten: boolean): void {
    if (!isWritten && this.#opening !== undefined) {
      throw new RunNotNewError();
    }
    assertLeased(isWritten);
  }

  #endAs(outcome: RunOutcome): Ended {
    this.#outcome = outcome;
    return ended;
  }

  /** Writes the details for people, unless the ledger has them. It never replaces the request of a call that was made. */
  async #keepDetails(): Promise<void> {
    const request = this.#details?.request;
    const level = request === undefined ? 1 : 2;
    const digest = request === undefined ? undefined : requestDigest(request);
    const isKept = digest === undefined ? this.#detailsKept >= level : this.#requestDigest === digest;
    if (isKept || (request === undefined && this.hasSent)) {
      return;
    }
    const { runs, settings, now } = this.#dependencies;
    const expiresAtSeconds = Math.ceil((now() + settings.runRetentionMs) / 1000);
    const details = this.#details ?? { events: shownEvents([this.message.event]) };
    const lookups = this.#lookups === undefined ? undefined : shownLookups(this.#lookups);
    const shown = { ...details, lookups, compared: this.#compared };
    await runs.keepDetails(this.message.runId, shown, expiresAtSeconds, this.#opening !== undefined);
    this.#detailsKept = level;
    this.#requestDigest = digest;
  }
}

/** Differs for different requests. */
function requestDigest(request: NonNullable<RunDetails['request']>): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('hex').slice(0, 16);
}

/** How many of its reserved credits a run has spent: the estimate, if it is done and Mavera did not say. */
function settlementOf(
  { state, creditsUsed }: RunEnd,
  creditReservation: CreditReservation | undefined,
): { readonly creditReservation: CreditReservation; readonly creditsSpent: number } | undefined {
  return creditReservation === undefined
    ? undefined
    : {
        creditReservation,
        creditsSpent: creditsUsed ?? (state === 'done' ? creditReservation.credits : 0),
      };
}
