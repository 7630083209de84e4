import { noCounts, type PullCounts } from '../../../../functions/ledger/pullCursor.ts';
import { planRuns } from '../../../../functions/pull/planRuns.ts';
import type { StepOutcome } from '../../../../functions/pull/takeStep.ts';
import type { PulledItem } from '../../../../functions/pulls/pull.ts';
import type { TriggerPull } from '../../../../functions/pulls/pullOf.ts';
import type { RunMessage } from '../../../../functions/queue/runMessage.ts';
import { findRun, type RunRules } from '../findRun.ts';
import type { ItemOutcome, PullDryEnd, PullFinding } from './pullFinding.ts';

const occurrence = 'dry-run';
const dayMs = 86_400_000;

/** The items of a dry run, and what they come to. */
export class DryItems {
  readonly #pulled: TriggerPull;
  readonly #rules: RunRules;
  readonly #startedAtMs: number;
  readonly #runIds = new Set<string>();
  #counts: PullCounts = noCounts;

  constructor(pulled: TriggerPull, rules: RunRules, startedAtMs: number) {
    this.#pulled = pulled;
    this.#rules = rules;
    this.#startedAtMs = startedAtMs;
  }

  /** Counts a step. */
  count({ calls, rows }: Extract<StepOutcome, { kind: 'told' }>): void {
    const { steps, calls: before, rows: rowsBefore } = this.#counts;
    this.#counts = { ...this.#counts, steps: steps + 1, calls: before + calls, rows: rowsBefore + rows };
  }

  /** How many there were so far. */
  get found(): number {
    return this.#counts.items;
  }

  end(end: Omit<PullDryEnd, 'outcome' | 'counts'>): PullDryEnd {
    return { outcome: 'ended', ...end, counts: this.#counts };
  }

  /** What an item comes to, and the runs that it would start. */
  *find(item: PulledItem, step: number): Generator<PullFinding> {
    const { comesTo, run } = this.#plan(item);
    const place = `item ${this.#counts.items}`;
    const { event, properties, userId } = item;
    yield { outcome: 'item', place, step, event, properties, userId, comesTo };
    if (run !== undefined) {
      yield* findRun(this.#pulled.trigger, { place, event: run.event, runId: run.runId }, this.#rules);
    }
  }

  #plan(item: PulledItem): { readonly comesTo: ItemOutcome; readonly run?: RunMessage } {
    const before = this.#counts;
    const startedAtMs = this.#startedAtMs;
    const planned = {
      occurrence,
      step: 0,
      startedAtMs,
      counts: before,
      nowMs: startedAtMs,
      runDeadlineMs: dayMs,
    };
    const plan = planRuns(this.#pulled, [item], new Map(), planned);
    const [run] = plan.runs;
    if (run !== undefined && this.#runIds.has(run.runId)) {
      this.#counts = { ...before, items: before.items + 1 };
      return { comesTo: 'repeated' };
    }
    this.#counts = plan.counts;
    if (run !== undefined) {
      this.#runIds.add(run.runId);
      return { comesTo: 'run', run };
    }
    const isLeftOut = plan.counts.leftOut > before.leftOut;
    return { comesTo: isLeftOut ? 'left_out' : plan.counts.beyond > before.beyond ? 'beyond' : 'unusable' };
  }
}
