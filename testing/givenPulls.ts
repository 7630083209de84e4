import type { Pull, PulledItem } from '../functions/pulls/pull.ts';
import { pullOf } from '../functions/pulls/pullOf.ts';
import type { Trigger } from '../functions/triggers/trigger.ts';

/** Items that one step of a pull tells of. */
const itemsAStep = 100;

/** What the pulls of a trial find: the items that the test gives. */
export class GivenPulls {
  readonly #items = new Map<string, readonly PulledItem[]>();

  /** Sets what the pull of a trigger finds from now on. */
  give(trigger: string, items: readonly PulledItem[]): void {
    this.#items.set(trigger, items);
  }

  /** The same triggers, whose pulls find what is given in place of asking their systems. */
  of(triggers: readonly Trigger[]): readonly Trigger[] {
    return triggers.map((trigger) => {
      const pulled = pullOf(trigger);
      if (pulled === undefined) {
        return trigger;
      }
      const from = this.#given(trigger.name, pulled.pull);
      return pulled.as === 'origin'
        ? { ...trigger, from }
        : { ...trigger, catchUp: { from, every: pulled.every } };
    });
  }

  #given(name: string, pull: Pull): Pull {
    const step: Pull['step'] = (state) => {
      const items = this.#items.get(name) ?? [];
      const from = Number(state);
      const next = from + itemsAStep;
      return {
        events: items.slice(from, next),
        next: next < items.length ? next : undefined,
      };
    };
    return { ...pull, start: 0, step };
  }
}
