import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { Trial } from '../trial.ts';

/** Why a trigger may have no run, and what to do: the end of a sentence that says so. */
export function whyNone(trigger: Trigger, trial: Pick<Trial, 'events' | 'of'>): string {
  const { name, from, after, when } = trigger;
  if (from !== undefined) {
    return `. It pulls, so start it: await run.pull('${name}', [{ item: '…', event: '…', properties: {} }])`;
  }
  if (after !== undefined) {
    const done = trial.of(after.name).filter(({ state }) => state === 'done').length;
    return `. It follows the runs of "${after.name}" that are done, and there are ${done}`;
  }
  const { received, queued, ignored } = trial.events;
  return `. Of ${received} events, ${queued} started runs and ${ignored} were ignored; its filter is ${when}`;
}
