import { operations } from '../../../../functions/access/operations.ts';
import type { StateMark } from '../../../../functions/ledger/pullCursor.ts';
import type { StepDependencies } from '../../../../functions/pull/pullDependencies.ts';
import { type MarkedState, markState } from '../../../../functions/pull/stateCircle.ts';
import { type StepOutcome, takeStep } from '../../../../functions/pull/takeStep.ts';
import type { PulledItem } from '../../../../functions/pulls/pull.ts';
import type { TriggerPull } from '../../../../functions/pulls/pullOf.ts';
import type { RunRules } from '../findRun.ts';
import { DryItems } from './dryItems.ts';
import type { PullDryEnd, PullFinding, StepFinding } from './pullFinding.ts';
import type { WriteNotMade } from './readOnlyGate.ts';

/** As in a deployment. */
const stepMs = 840_000;

/** What the steps are taken with. */
export interface DrySteps {
  readonly rules: RunRules;
  readonly dependencies: StepDependencies;
  /** The calls and files of the step that was taken, which are then forgotten. */
  readonly taken: () => readonly StepFinding[];
  /** The first call that would have changed something. */
  readonly notMade: () => WriteNotMade | undefined;
  /** The most items. */
  readonly items: number;
  /** The most time that it waits, of all waits together. */
  readonly maxWaitMs: number;
}

type Stop = Omit<PullDryEnd, 'outcome' | 'counts'>;

/**
 * Takes the steps of a pull in memory: everything counts as new, and nothing is queued or kept.
 *
 * @returns the findings as they come; the last one says how it ended
 */
export async function* takeSteps(pulled: TriggerPull, options: DrySteps): AsyncGenerator<PullFinding> {
  const { dependencies, rules, taken } = options;
  const startedAtMs = dependencies.now();
  const items = new DryItems(pulled, rules, startedAtMs);
  const waits = new Waits(options);
  let state = pulled.pull.start;
  let mark: StateMark | undefined;
  let step = 1;
  let stop: Stop | undefined;
  while (stop === undefined) {
    const untilMs = dependencies.now() + stepMs;
    const outcome = await takeStep(pulled, state, { startedAtMs }, untilMs, dependencies);
    for (const found of taken()) {
      yield { ...found, step };
    }
    stop = stopOf(outcome, options);
    if (outcome.kind === 'told') {
      items.count(outcome);
      const { events = [], next } = outcome.told;
      stop = yield* findItems(events, items, step, options.items);
      const marked = markState(mark, outcome.told, step);
      mark = marked.mark;
      stop ??= endOf(next, marked);
      state = asStored(next);
    }
    if (stop === undefined) {
      stop = yield* waits.wait(outcome, step);
    }
    step += outcome.kind === 'told' ? 1 : 0;
  }
  yield items.end(stop);
}

function* findItems(
  events: readonly PulledItem[],
  items: DryItems,
  step: number,
  most: number,
): Generator<PullFinding, Stop | undefined> {
  for (const item of events) {
    if (items.found >= most) {
      return { why: 'enough', detail: 'There are more items: raise --items.' };
    }
    yield* items.find(item, step);
  }
  return undefined;
}

function endOf(next: unknown, { circle }: MarkedState): Stop | undefined {
  if (circle !== undefined) {
    return { why: 'failed', detail: circle };
  }
  return next === undefined ? { why: 'done' } : undefined;
}

/** A state as the ledger gives it back. */
function asStored(state: unknown): unknown {
  return state === undefined ? undefined : JSON.parse(JSON.stringify(state));
}

/** The waits of a dry run, which are real and bounded. */
class Waits {
  readonly #options: DrySteps;
  #waitedMs = 0;

  constructor(options: DrySteps) {
    this.#options = options;
  }

  async *wait(outcome: StepOutcome, step: number): AsyncGenerator<PullFinding, Stop | undefined> {
    const { maxWaitMs, dependencies } = this.#options;
    const waitMs = waitOf(outcome, dependencies.now());
    if (waitMs === 0) {
      return undefined;
    }
    const why = outcome.kind === 'busy' ? { detail: outcome.detail } : {};
    yield { outcome: 'waits', step, waitMs, ...why };
    if (this.#waitedMs + waitMs > maxWaitMs) {
      const seconds = Math.ceil(maxWaitMs / 1_000);
      const detail = `The dry run waits for ${seconds} s at most: raise --max-wait.`;
      return { why: 'long_wait', detail };
    }
    await dependencies.sleep(waitMs);
    this.#waitedMs += waitMs;
    return undefined;
  }
}

/** What ends a dry run before its pull has ended. */
function stopOf(outcome: StepOutcome, { notMade }: DrySteps): Stop | undefined {
  const write = notMade();
  if (write !== undefined && outcome.kind === 'failed') {
    return { why: 'write', detail: describeWrite(write) };
  }
  return outcome.kind === 'failed' || outcome.kind === 'trouble'
    ? { why: 'failed', detail: outcome.detail }
    : undefined;
}

function describeWrite({ operation, request }: WriteNotMade): string {
  const { does, method, path, system } = operations[operation];
  const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => request.path?.[name] ?? name);
  return (
    `It would now ${does.join(' ')}: ${method} ${filled} at ${system}. A dry run only reads, so this was not done.\n` +
    `To go on, give what it would answer: --answer ${operation}=<JSON file>`
  );
}

function waitOf(outcome: StepOutcome, nowMs: number): number {
  switch (outcome.kind) {
    case 'told':
      return outcome.told.waitMs ?? 0;
    case 'busy':
      return Math.max(1, outcome.untilMs - nowMs);
    default:
      return 0;
  }
}
