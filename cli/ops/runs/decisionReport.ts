import type { Verdict } from '../../../functions/ledger/decision.ts';
import { shortRunId } from '../format/shortRunId.ts';
import type { Output } from '../output.ts';

/** The outcome for one run. */
export interface DecidedRun {
  readonly runId: string;
  readonly outcome: Verdict | 'refused';
  /** Whether it was parked, so that its message was sent on at once. */
  readonly parked?: boolean | undefined;
  /** Why it was refused. */
  readonly why?: string | undefined;
}

const progressEvery = 100;
/** Refusals that are listed one by one. */
const shownRefusals = 20;

/** Collects outcomes and prints them: for programs at once, for people as counts at the end. */
export class DecisionReport {
  readonly #output: Output;
  readonly #verdict: Verdict;
  readonly #by: string;
  readonly #total: number;
  readonly #refused: DecidedRun[] = [];
  #decided = 0;
  #notParked = 0;
  #progressTold = 0;

  constructor(output: Output, verdict: Verdict, by: string, total: number) {
    this.#output = output;
    this.#verdict = verdict;
    this.#by = by;
    this.#total = total;
  }

  add(run: DecidedRun): void {
    if (run.outcome === 'refused') {
      this.#refused.push(run);
    } else {
      this.#decided += 1;
      this.#notParked += run.parked === true ? 0 : 1;
    }
    if (this.#output.isJson) {
      this.#output.lines([run]);
    }
  }

  /** Notes the progress after each hundred. */
  tellProgress(): void {
    const done = this.#decided + this.#refused.length;
    if (done >= this.#progressTold + progressEvery && done < this.#total) {
      this.#progressTold = done;
      this.#output.note(`${done.toLocaleString('en')} of ${this.#total.toLocaleString('en')}`);
    }
  }

  /** @returns whether none was refused */
  end(): boolean {
    if (!this.#output.isJson) {
      this.#output.text(this.#sentences().join('\n'));
    }
    return this.#refused.length === 0;
  }

  #sentences(): readonly string[] {
    const shown = this.#refused.slice(0, shownRefusals);
    const more = this.#refused.length - shown.length;
    return [
      `${runs(this.#decided)} ${this.#verdict} by ${this.#by}, ${runs(this.#refused.length)} refused.`,
      ...(this.#notParked === 0
        ? []
        : [`${runs(this.#notParked)} not parked: the decision counts at the next delivery.`]),
      ...shown.map(({ runId, why = '' }) => `${shortRunId(runId)}: ${why}`),
      ...(more === 0 ? [] : [`and ${more.toLocaleString('en')} more; --json lists all of them.`]),
    ];
  }
}

function runs(count: number): string {
  return count === 1 ? '1 run was' : `${count.toLocaleString('en')} runs were`;
}
