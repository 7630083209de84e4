import type { RunEntry } from '../ledger/runEntry.ts';
import { runStates } from '../options/runState.ts';
import type { OpenRun, OutcomeCount } from './status.ts';

const hourMs = 3_600_000;

/** Summarises many runs for the status. */
export class RunSurvey {
  readonly triggers = new Set<string>();
  oldestOpen: OpenRun | undefined;
  readonly #hourAgoMs: number;
  readonly #outcomes = new Map<string, OutcomeCount>();

  constructor(nowMs: number) {
    this.#hourAgoMs = nowMs - hourMs;
  }

  add(run: RunEntry): void {
    this.triggers.add(run.trigger);
    const isOpen = run.state === 'waiting' || run.state === 'calling';
    if (isOpen && (this.oldestOpen === undefined || run.receivedAtMs < this.oldestOpen.receivedAtMs)) {
      const { runId, trigger, state, reason, receivedAtMs } = run;
      this.oldestOpen = { runId, trigger, state, reason, receivedAtMs };
    }
    if (run.receivedAtMs >= this.#hourAgoMs) {
      this.#count(run);
    }
  }

  /** The last hour, by trigger and then in the order of a run's life. */
  lastHour(): readonly OutcomeCount[] {
    const order: readonly string[] = runStates;
    return [...this.#outcomes.values()].sort(
      (a, b) =>
        a.trigger.localeCompare(b.trigger) ||
        order.indexOf(a.state) - order.indexOf(b.state) ||
        b.runs - a.runs ||
        (a.reason ?? '').localeCompare(b.reason ?? ''),
    );
  }

  #count({ trigger, state, reason, creditsUsed = 0 }: RunEntry): void {
    const why = state === 'done' || state === 'calling' ? undefined : reason;
    const key = JSON.stringify([trigger, state, why]);
    const before = this.#outcomes.get(key);
    this.#outcomes.set(key, {
      trigger,
      state,
      reason: why,
      runs: (before?.runs ?? 0) + 1,
      creditsUsed: (before?.creditsUsed ?? 0) + creditsUsed,
    });
  }
}
