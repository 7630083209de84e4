import type { Lane, ParkedEntry } from './lane.ts';

/**
 * The credits that runs may be given slots for. They only become fewer while slots are given out.
 */
export class CreditsToSpend {
  readonly #left: Map<string, number>;
  readonly #perRun: number;

  /**
   * @param left by budget
   * @param perRun what one run may cost without being refused by Mavera
   */
  constructor(left: ReadonlyMap<string, number>, perRun: number) {
    this.#left = new Map(left);
    this.#perRun = perRun;
  }

  /** Whether all of a lane's budgets can pay for a run. A run that costs nothing needs no budget. */
  canPay({ budgets, block }: Lane, { credits }: ParkedEntry): boolean {
    const readsUsage = block?.probes.includes('usage') === true;
    return (
      credits === 0 ||
      ((readsUsage || credits <= this.#perRun) &&
        budgets.every((budget) => credits <= (this.#left.get(budget) ?? 0)))
    );
  }

  pay({ budgets }: Lane, { credits }: ParkedEntry): void {
    for (const budget of budgets) {
      this.#left.set(budget, (this.#left.get(budget) ?? 0) - credits);
    }
  }
}

/** The runs of one lane that can still get a slot, oldest first. */
export class PayableEntries {
  readonly #lane: Lane;
  readonly #credits: CreditsToSpend;
  readonly #taken: ReadonlySet<string>;
  #position = 0;

  /** @param taken ids of the runs that have got a slot */
  constructor(lane: Lane, credits: CreditsToSpend, taken: ReadonlySet<string>) {
    this.#lane = lane;
    this.#credits = credits;
    this.#taken = taken;
  }

  /**
   * The oldest run that can be paid and does not end before the slot. Dearer runs before it do not stop it: a run that
   * costs nothing goes even when the budget is spent.
   *
   * @param slotAtMs never earlier than the last time: what is passed over now can get no later slot either
   */
  next(slotAtMs: number): ParkedEntry | undefined {
    const { entries } = this.#lane;
    for (; this.#position < entries.length; this.#position += 1) {
      const entry = entries[this.#position];
      if (entry !== undefined && this.#canUse(entry, slotAtMs)) {
        return entry;
      }
    }
    return undefined;
  }

  #canUse(entry: ParkedEntry, slotAtMs: number): boolean {
    return (
      !this.#taken.has(entry.runId) && entry.endsAtMs > slotAtMs && this.#credits.canPay(this.#lane, entry)
    );
  }
}
