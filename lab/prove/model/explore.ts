import type { Transition } from './calls.ts';
import { StateGraph } from './stateGraph.ts';

/** What an exploration found. */
export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** Each with the way to it. */
  readonly violations: readonly string[];
}

/** What is explored, and what must hold. */
export interface Claims<State> {
  /** What is wrong in a state, in a few words; `undefined` if nothing is. */
  readonly violation: (state: State) => string | undefined;
  /** What every state must be able to reach, without the sender repeating delivered events. */
  readonly isGoal: (state: State) => boolean;
}

const mostViolations = 5;

/**
 * Checks every state that can be reached, breadth first, so that the way to a violation is as short as possible. Then it
 * checks whether each of them can reach the goal.
 *
 * @param next everything that can happen in a state
 * @throws RangeError for a protocol with endlessly many states
 */
export function explore<State extends object>(
  initial: State,
  next: (state: State) => Iterable<Transition<State>>,
  { violation, isGoal }: Claims<State>,
  onProgress: (states: number) => void = () => undefined,
): Exploration {
  const graph = new StateGraph(initial);
  const violations: string[] = [];
  let count = 0;
  for (let id = 0; id < graph.size && violations.length < mostViolations; id += 1) {
    const state = graph.take(id);
    const wrong = violation(state);
    if (wrong !== undefined) {
      violations.push(`${wrong}: ${graph.wayTo(id)}`);
      continue;
    }
    if (isGoal(state)) {
      graph.noteGoal(id);
    }
    for (const transition of next(state)) {
      count += 1;
      graph.add(id, transition);
    }
    if (id % 100_000 === 0 && id > 0) {
      onProgress(id);
    }
  }
  if (violations.length === 0) {
    const stuck = graph.withoutGoal().slice(0, mostViolations);
    violations.push(...stuck.map((id) => `stuck for ever: ${graph.wayTo(id)}`));
  }
  return { states: graph.size, transitions: count, violations };
}
