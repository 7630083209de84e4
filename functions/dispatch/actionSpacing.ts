import type { Lane } from './lane.ts';

/** The last slot of an action, and by how much it came too late because slots are no finer. */
export interface LastSlot {
  readonly slotAtMs: number;
  readonly carriedMs: number;
}

/** By kind of action. */
export type LastSlots = Readonly<Record<string, LastSlot>>;

/**
 * How much of a concurrency cap stays free when all calls take their mean time. Calls that take longer than usual then do
 * not reach the cap.
 */
const spacingFactor = 1.5;

/**
 * Keeps the slots of an action with a concurrency cap apart: 1.5 times its mean duration ÷ cap. Slots have fixed moments,
 * so one may come later than allowed. Up to one interval of that time is carried over to the next slot; otherwise a
 * spacing of 2.1 s would become 3 s with a slot each second.
 */
export class ActionSpacing {
  readonly #last: Map<string, LastSlot>;
  readonly #intervalMs: number;

  /** @param intervalMs between two slots of the pace */
  constructor(last: LastSlots, intervalMs: number) {
    this.#last = new Map(Object.entries(last));
    this.#intervalMs = intervalMs;
  }

  allows(lane: Lane, slotAtMs: number): boolean {
    return slotAtMs >= this.#dueAtMs(lane);
  }

  take(lane: Lane, slotAtMs: number): void {
    if (lane.cap !== undefined) {
      const lateMs = slotAtMs - this.#dueAtMs(lane);
      const carriedMs = Number.isFinite(lateMs) ? Math.min(lateMs, this.#intervalMs) : 0;
      this.#last.set(lane.action, { slotAtMs, carriedMs });
    }
  }

  kept(): LastSlots {
    return Object.fromEntries(this.#last);
  }

  #dueAtMs({ action, cap }: Lane): number {
    const last = this.#last.get(action);
    return cap === undefined || last === undefined
      ? Number.NEGATIVE_INFINITY
      : last.slotAtMs + Math.max(0, spacingMs(cap) - last.carriedMs);
  }
}

/** How far the slots of a capped action are apart. */
export function spacingMs({ calls, meanDurationMs }: NonNullable<Lane['cap']>): number {
  return (spacingFactor * meanDurationMs) / calls;
}
