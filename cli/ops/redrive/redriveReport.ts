import { formatTable } from '../../formatTable.ts';
import { shortRunId } from '../format/shortRunId.ts';
import type { Output } from '../output.ts';

/** The outcome for one run, or one dead letter. */
export interface Redriven {
  /** Absent for a dead letter that is not a run. */
  readonly runId?: string | undefined;
  readonly trigger?: string | undefined;
  readonly outcome: 'sent' | 'would be sent' | 'refused' | 'discarded' | 'would be discarded';
  /** Why it was refused. */
  readonly why?: string | undefined;
}

const columns = [{ heading: 'run' }, { heading: 'trigger' }, { heading: 'outcome' }, { heading: '' }];

const progressEvery = 100;

/** Collects outcomes and prints them: for programs at once, for people as a table at the end. */
export class RedriveReport {
  readonly #output: Output;
  readonly #told: Redriven[] = [];
  #progressTold = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  add(redriven: Redriven): void {
    this.#told.push(redriven);
    if (this.#output.isJson) {
      this.#output.lines([redriven]);
    }
  }

  /** How many outcomes there are so far, of one kind or in all. */
  count(outcome?: Redriven['outcome']): number {
    return outcome === undefined
      ? this.#told.length
      : this.#told.filter((redriven) => redriven.outcome === outcome).length;
  }

  /** Notes the progress after each hundred. @param total how many there are, if known */
  tellProgress(total?: number): void {
    if (this.count() >= this.#progressTold + progressEvery) {
      this.#progressTold = this.count();
      this.#output.note(total === undefined ? `${this.count()} so far` : `${this.count()} of ${total}`);
    }
  }

  /** @returns whether none was refused */
  end(): boolean {
    if (!this.#output.isJson && this.#told.length > 0) {
      const cells = ({ runId, trigger = '', outcome, why = '' }: Redriven): readonly string[] => [
        runId === undefined ? '-' : shortRunId(runId),
        trigger,
        outcome,
        why,
      ];
      this.#output.text(formatTable(columns, this.#told.map(cells)));
    }
    return this.count('refused') === 0;
  }
}
