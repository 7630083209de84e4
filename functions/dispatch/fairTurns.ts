import type { Lane } from './lane.ts';

/** How far each trigger is ahead of its fair share, in slots divided by weight; below 0 when it is behind. */
export type Turns = Readonly<Record<string, number>>;

/**
 * Whose turn it is. A slot moves a trigger's turn back by 1 ÷ weight, and the trigger whose turn is earliest gets the next
 * slot. So triggers share the slots as their weights say, and a large weight does not get all of its slots in a row.
 *
 * This is start-time fair queueing (Goyal, Vin and Cheng, 1996), with one slot as the unit. Its share is that of deficit
 * round robin, and the kept number is the deficit, with the other sign. Deficit round robin would give a trigger of weight
 * 100 a hundred slots in a row, and could not use a weight of 0.01.
 */
export class FairTurns {
  readonly #turns: Map<string, number>;
  /** The turn that the last slot was given for. */
  #reached = 0;

  constructor(turns: Turns) {
    this.#turns = new Map(Object.entries(turns));
  }

  /** Whether the trigger has had no slot for so long that nothing is known of it: its first run goes first. */
  isNew({ trigger }: Lane): boolean {
    return !this.#turns.has(trigger);
  }

  turnOf({ trigger }: Lane): number {
    return this.#turns.get(trigger) ?? this.#reached;
  }

  /** A lane has got the slot because it was its turn. */
  takeTurn(lane: Lane): void {
    this.#reached = Math.max(this.#reached, this.turnOf(lane));
    this.takeEarly(lane);
  }

  /** A lane has got the slot before its turn. It waits longer afterwards. */
  takeEarly(lane: Lane): void {
    this.#turns.set(lane.trigger, this.turnOf(lane) + step(lane));
  }

  /**
   * Lanes of a capped action fall behind, because others get what they may not use. They are owed one slot at most:
   * otherwise they would take all slots for hours once the cap allows more. Among themselves they keep their order.
   */
  limitArrears(lanesOfAction: readonly Lane[]): void {
    const known = lanesOfAction.filter((lane) => !this.isNew(lane));
    const arrears = known.map((lane) => this.#reached - step(lane) - this.turnOf(lane));
    const forgiven = Math.max(0, ...arrears);
    if (forgiven > 0) {
      for (const lane of known) {
        this.#turns.set(lane.trigger, this.turnOf(lane) + forgiven);
      }
    }
  }

  /**
   * What to keep. Lanes that are empty or blocked are owed nothing. Those that are ahead are kept until the others had
   * their turns: otherwise a trigger that sends one run at a time would always go first.
   *
   * @param waiting triggers with runs that could have used a slot
   * @param slotsLeft whether slots were left over: nobody had to wait for those that are ahead
   */
  kept(waiting: ReadonlySet<string>, slotsLeft: boolean): Turns {
    const ahead = [...this.#turns].map(([trigger, turn]) => [trigger, turn - this.#reached] as const);
    return Object.fromEntries(
      ahead.filter(([trigger, turn]) => waiting.has(trigger) || (turn > 0 && !slotsLeft)),
    );
  }
}

function step({ weight = 1 }: Lane): number {
  return 1 / weight;
}
