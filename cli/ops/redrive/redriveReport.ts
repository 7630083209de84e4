import { formatTable } from '../../formatTable.ts';
import { shortRunId } from '../format/shortRunId.ts';
import type { Output } from '../output.ts';

/** What became of one run, or of one dead letter. */
export interface Redriven {
  /** Absent for a dead letter that is no run. */
  readonly runId?: string | undefined;
  readonly trigger?: string | undefined;
  readonly outcome: 'sent' | 'would be sent' | 'refused' | 'discarded' | 'would be discarded';
  /** Why it was refused. */
  readonly why?: string | undefined;
}

const columns = [{ heading: 'run' }, { heading: 'trigger' }, { heading: 'outcome' }, { heading: '' }];

const progressEvery = 100;

/** Gathers what became of runs, and tells it: programs at once, people at the end. */
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

  /** How many there are so far, of one outcome or of all. */
  count(outcome?: Redriven['outcome']): number {
    return outcome === undefined
      ? this.#told.length
      : this.#told.filter((redriven) => redriven.outcome === outcome).length;
  }

  /** Says how far it has come, not more often than every hundredth time. @param total how many there are, if known */
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
