import type { EndedCall, RunEnd, RunHold } from '../ledger/runTransitions.ts';
import { shortened } from '../ledger/shortened.ts';
import type { RunMessage } from '../queue/runMessage.ts';
import { resultMessage } from '../results/resultMessage.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { RunOutcome } from './runOutcome.ts';

/** Another delivery has taken the run over, since this one's lease had run out. */
export class HoldLostError extends Error {
  override readonly name = 'HoldLostError';

  constructor() {
    super('Another delivery has taken this run over; it will be found finished or waiting');
  }
}

/** Until when a run waits, and why. */
export interface Waiting {
  readonly untilMs: number;
  readonly reason: string;
  /** The slot that was reserved for it. */
  readonly slotAtMs?: number | undefined;
}

/** One delivery of a run that it holds, and the ways in which it can end. */
export class RunDelivery {
  readonly message: RunMessage;
  readonly #body: string;
  readonly #endsAtMs: number;
  readonly #hold: RunHold;
  readonly #dependencies: RunnerDependencies;

  /**
   * @param delivery the queue message as it came
   * @param endsAtMs when Lambda ends this invocation, in epoch milliseconds
   */
  constructor(
    message: RunMessage,
    delivery: { readonly body: string; readonly endsAtMs: number },
    hold: RunHold,
    dependencies: RunnerDependencies,
  ) {
    this.message = message;
    this.#body = delivery.body;
    this.#endsAtMs = delivery.endsAtMs;
    this.#hold = hold;
    this.#dependencies = dependencies;
  }

  /** What is left of this invocation. */
  remainingMs(): number {
    return this.#endsAtMs - this.#dependencies.now();
  }

  /**
   * Notes that Mavera is about to be called: if nothing follows, the answer was lost.
   *
   * @param attempts calls made that count, this one included
   */
  async markCalling(attempts: number): Promise<void> {
    const { runs, now } = this.#dependencies;
    this.#assertHeld(await runs.markCalling(this.#hold, attempts, now()));
  }

  /**
   * Lets the run go and queues it anew. A crash between the two leaves the message in flight, and it comes back.
   *
   * @param call how the call ended that {@link markCalling} announced; absent when none was
   */
  async wait(waiting: Waiting, call?: EndedCall): Promise<RunOutcome> {
    const { runs, queues, now } = this.#dependencies;
    const { reason, slotAtMs } = waiting;
    const nowMs = now();
    // At its deadline at the latest, to be given up then.
    const untilMs = Math.min(waiting.untilMs, Math.max(nowMs, this.message.deadlineAtMs));
    this.#assertHeld(await runs.release(this.#hold, { nowMs, notBeforeMs: untilMs, reason, call }));
    await queues.sendLater({ ...this.message, notBeforeMs: untilMs, slotAtMs }, nowMs);
    return { outcome: 'waiting', reason, waitMs: Math.max(0, Math.round(untilMs - nowMs)) };
  }

  /** Gives the run up: into the dead-letter queue first, so that no crash can leave it out there. */
  async fail(reason: string, detail: string, result?: string): Promise<RunOutcome> {
    await this.#dependencies.queues.giveUp(this.#body, { reason, detail });
    return await this.finish({ state: 'failed', reason, detail: shortened(detail), result });
  }

  /** Ends the run without a call, since a gate says that it is not to be made. */
  async skip(reason: string): Promise<RunOutcome> {
    return await this.finish({ state: 'skipped', reason });
  }

  /** Records the run's end, then publishes it: found finished but not published, it is published again. */
  async finish(end: RunEnd): Promise<RunOutcome> {
    const { runs, results, triggers, now } = this.#dependencies;
    const nowMs = now();
    this.#assertHeld(await runs.finish(this.#hold, end, nowMs));
    const action = triggers.get(this.message.trigger)?.run.kind;
    await results.publish(resultMessage(this.message, action, end, nowMs));
    return { outcome: end.state, reason: end.reason, creditsUsed: end.creditsUsed };
  }

  #assertHeld(held: boolean): void {
    if (!held) {
      throw new HoldLostError();
    }
  }
}
