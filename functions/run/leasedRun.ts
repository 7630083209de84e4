import { addToHistory, type HistoryEntry } from '../ledger/runHistory.ts';
import type { RunDetails } from '../ledger/runs.ts';
import type {
  CreditReservation,
  DetailsKept,
  EndedCall,
  RunEnd,
  RunLease,
  RunSoFar,
} from '../ledger/runTransitions.ts';
import { shortened } from '../ledger/shortened.ts';
import type { RunMessage } from '../queue/runMessage.ts';
import { announceEnd } from './announceEnd.ts';
import { LeaseLostError } from './leaseLostError.ts';
import type { Reason } from './reasons.ts';
import { releaseUnused } from './releaseUnused.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { RunOutcome } from './runOutcome.ts';

/** Until when a run waits, and why. */
export interface Waiting {
  readonly untilMs: number;
  readonly reason: Reason;
  /** The slot that was reserved for it. */
  readonly slotAtMs?: number | undefined;
  /** Id of the work that Mavera has taken on. */
  readonly pendingId?: string | undefined;
  /** A later end of its time, since it has to wait on purpose. */
  readonly deadlineAtMs?: number | undefined;
}

/** Why a run is given up. */
export interface Failure {
  readonly reason: Reason;
  /** A sentence for people; may quote the event. */
  readonly detail: string;
  /** JSON. */
  readonly result?: string | undefined;
  /** Whether Mavera did the work all the same, or may have done it. @default 'nothing' */
  readonly spent?: 'nothing' | 'estimate' | undefined;
  /** Whether a call's work may have been done unseen, so that a redrive has to look for it. */
  readonly answerLost?: boolean | undefined;
}

/** One delivery of a run that it holds, and the ways in which it can end. */
export class LeasedRun {
  readonly message: RunMessage;
  readonly lease: RunLease;
  readonly soFar: RunSoFar;
  readonly #body: string;
  readonly #endsAtMs: number;
  readonly #dependencies: RunnerDependencies;
  #history: readonly HistoryEntry[];
  #details: RunDetails;
  #detailsKept: DetailsKept;
  #creditReservation: CreditReservation | undefined;

  /**
   * @param delivery the queue message as it came
   * @param endsAtMs when Lambda ends this invocation, in epoch milliseconds
   */
  constructor(
    message: RunMessage,
    delivery: { readonly body: string; readonly endsAtMs: number },
    lease: RunLease,
    soFar: RunSoFar,
    dependencies: RunnerDependencies,
  ) {
    this.message = message;
    this.lease = lease;
    this.soFar = soFar;
    this.#body = delivery.body;
    this.#endsAtMs = delivery.endsAtMs;
    this.#dependencies = dependencies;
    this.#history = soFar.history;
    this.#details = { events: [message.event] };
    this.#detailsKept = soFar.detailsKept;
    this.#creditReservation = soFar.creditReservation;
  }

  /** What is left of this invocation. */
  remainingMs(): number {
    return this.#endsAtMs - this.#dependencies.now();
  }

  get creditReservation(): CreditReservation | undefined {
    return this.#creditReservation;
  }

  /** The credits that the ledger has noted for this run, to be settled at its end. */
  setCreditReservation(creditReservation: CreditReservation | undefined): void {
    this.#creditReservation = creditReservation;
  }

  /** What people will see of the run; it is kept with the next change of its record. */
  describe(details: RunDetails): void {
    this.#details = details;
  }

  /** Adds to the run's history; it is written with the next change of its record. */
  note(what: HistoryEntry['what'], reason?: Reason, untilMs?: number): void {
    const atMs = this.#dependencies.now();
    this.#history = addToHistory(this.#history, { atMs, what, reason, untilMs });
  }

  /**
   * Notes that Mavera is about to be called: if nothing follows, the answer was lost.
   *
   * @param attempts calls made that count, this one included
   * @param slotAtMs when the call is to start, if not at once
   */
  async markCalling(attempts: number, slotAtMs: number | undefined): Promise<void> {
    const { runs, now } = this.#dependencies;
    this.note('calls');
    await this.#keepDetails();
    const nowMs = now();
    const startsAtMs = Math.max(nowMs, slotAtMs ?? nowMs);
    this.#assertHeld(await runs.markCalling(this.lease, attempts, nowMs, this.#history, startsAtMs));
  }

  /**
   * Lets the run go and queues it anew. A crash between the two leaves the message in flight, and it comes back.
   *
   * @param call how the call ended that {@link markCalling} announced; absent when none was
   */
  async wait(waiting: Waiting, call?: EndedCall): Promise<RunOutcome> {
    const { runs, queues, now } = this.#dependencies;
    const { reason, slotAtMs, pendingId } = waiting;
    const nowMs = now();
    const deadlineAtMs = Math.max(this.message.deadlineAtMs, waiting.deadlineAtMs ?? 0);
    // At its deadline at the latest, to be given up then.
    const untilMs = Math.min(waiting.untilMs, Math.max(nowMs, deadlineAtMs));
    this.note('waits', reason, untilMs);
    await this.#keepDetails();
    this.#assertHeld(
      await runs.release(this.lease, {
        nowMs,
        notBeforeMs: untilMs,
        reason,
        call,
        pendingId,
        detailsKept: this.#detailsKept,
        history: this.#history,
      }),
    );
    await queues.sendLater({ ...this.message, deadlineAtMs, notBeforeMs: untilMs, slotAtMs }, nowMs);
    return { outcome: 'waiting', reason, waitMs: Math.max(0, Math.round(untilMs - nowMs)) };
  }

  /** Gives the run up: into the dead-letter queue first, so that no crash can leave it out there. */
  async fail(failure: Failure): Promise<RunOutcome> {
    const { reason, detail, result, spent = 'nothing', answerLost = false } = failure;
    await this.#dependencies.queues.deadLetter(this.#body, { reason, detail });
    const creditsUsed = spent === 'estimate' ? this.#creditReservation?.credits : undefined;
    const end: RunEnd = { state: 'failed', reason, detail: shortened(detail), result, creditsUsed };
    const outcome = await this.#finish(end, answerLost);
    if (spent === 'nothing') {
      await releaseUnused(this.message, this.#dependencies);
    }
    return outcome;
  }

  /** Ends the run without a call, since it is not to be made. */
  async skip(reason: Reason, detail?: string): Promise<RunOutcome> {
    const outcome = await this.#finish({ state: 'skipped', reason, detail }, false);
    await releaseUnused(this.message, this.#dependencies);
    return outcome;
  }

  /** Records what the run has come to, then publishes it: found finished but not published, it is published again. */
  async finish(creditsUsed: number | undefined, result: string): Promise<RunOutcome> {
    return await this.#finish({ state: 'done', creditsUsed, result }, false);
  }

  async #finish(end: RunEnd, answerLost: boolean): Promise<RunOutcome> {
    const { runs, now } = this.#dependencies;
    const nowMs = now();
    const reason = end.reason as Reason | undefined;
    this.note(end.state, reason);
    await this.#keepDetails();
    const creditReservation = this.#creditReservation;
    const spentOf = ({ credits }: CreditReservation): number =>
      end.creditsUsed ?? (end.state === 'done' ? credits : 0);
    const settlement =
      creditReservation === undefined
        ? undefined
        : { creditReservation, creditsSpent: spentOf(creditReservation) };
    this.#assertHeld(
      await runs.finish(this.lease, end, { nowMs, history: this.#history, settlement, answerLost }),
    );
    this.#creditReservation = undefined;
    await announceEnd(this.message, end, nowMs, this.#dependencies);
    return { outcome: end.state, reason, creditsUsed: end.creditsUsed };
  }

  async #keepDetails(): Promise<void> {
    const level = this.#details.request === undefined ? 1 : 2;
    if (level > this.#detailsKept) {
      const { runs, settings, now } = this.#dependencies;
      const expiresAtSeconds = Math.ceil((now() + settings.runRetentionMs) / 1000);
      await runs.keepDetails(this.message.runId, this.#details, expiresAtSeconds);
      this.#detailsKept = level;
    }
  }

  #assertHeld(held: boolean): void {
    if (!held) {
      throw new LeaseLostError();
    }
  }
}
