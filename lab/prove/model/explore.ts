import type { Transition } from './calls.ts';
import type { State } from './state.ts';
import { StateGraph } from './stateGraph.ts';
import { transitions } from './transitions.ts';

/** What an exploration found. */
export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** Each with the way that leads there. */
  readonly violations: readonly string[];
}

/** What is explored, and what must hold. */
export interface Claims {
  /** What may never be; a few words, or `undefined`. */
  readonly violation: (state: State) => string | undefined;
  /** What must stay within reach from everywhere, without the sender repeating what it has delivered. */
  readonly isGoal: (state: State) => boolean;
}

const mostViolations = 5;

/**
 * Looks at every state that can be reached, breadth first, so that the way to a violation is a shortest one; then at whether
 * the goal can be reached from every one of them.
 *
 * @param next replaced in tests by protocols that are wrong
 * @throws RangeError for a protocol whose states do not end
 */
export function explore(
  initial: State,
  { violation, isGoal }: Claims,
  onProgress: (states: number) => void = () => undefined,
  next: (state: State) => Iterable<Transition> = transitions,
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
