import type { Transition } from './calls.ts';

/** With more states, the protocol would be endless. */
const mostStates = 6_000_000;

/** The states that were reached so far, and what leads from one to another. */
export class StateGraph<State extends object> {
  readonly #ids = new Map<string, number>();
  readonly #interned = new Map<string, number>();
  /** The members of the state that was taken last, and their codes in its key. */
  #members: readonly unknown[] = [];
  #codes: readonly number[] = [];
  readonly #states: (State | undefined)[] = [];
  readonly #cameFrom: number[] = [];
  readonly #cameBy: string[] = [];
  /** Where each transition starts and ends, without repeats. */
  readonly #sources: number[] = [];
  readonly #targets: number[] = [];
  readonly #goals: number[] = [];

  constructor(initial: State) {
    this.#idOf(initial, 0, '');
  }

  get size(): number {
    return this.#ids.size;
  }

  /** Returns the state and forgets it; its key is enough to recognize it. */
  take(id: number): State {
    const state = this.#states[id];
    if (state === undefined) {
      throw new RangeError(`State ${id} was taken before.`);
    }
    this.#states[id] = undefined;
    this.#members = Object.values(state);
    this.#codes = this.#members.map((member) => this.#intern(JSON.stringify(member)));
    return state;
  }

  /** @throws RangeError when there are too many states */
  add(from: number, { label, next, isRepeat = false }: Transition<State>): void {
    const to = this.#idOf(next, from, label);
    if (!isRepeat) {
      this.#sources.push(from);
      this.#targets.push(to);
    }
  }

  noteGoal(id: number): void {
    this.#goals.push(id);
  }

  /** The shortest way to a state, as words. */
  wayTo(id: number): string {
    const labels: string[] = [];
    for (let at = id; at > 0; at = this.#cameFrom[at] ?? 0) {
      labels.push(this.#cameBy[at] ?? '');
    }
    return labels.reverse().join(' → ');
  }

  /** The states that cannot reach a goal without a repeat, in the order in which they were found. */
  withoutGoal(): readonly number[] {
    const { starts, sources } = this.#incoming();
    const reaches = new Uint8Array(this.size);
    const open = [...this.#goals];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      reaches[id] = 1;
      const more = sources.subarray(starts[id], starts[id + 1]).filter((source) => reaches[source] === 0);
      for (const source of more) {
        reaches[source] = 1;
        open.push(source);
      }
    }
    return [...reaches.keys()].filter((id) => reaches[id] === 0);
  }

  /** The transitions by the state in which they end: `sources` from `starts[id]` to `starts[id + 1]`. */
  #incoming(): { readonly starts: Int32Array; readonly sources: Int32Array } {
    const starts = new Int32Array(this.size + 1);
    for (const target of this.#targets) {
      starts[target + 1] = (starts[target + 1] ?? 0) + 1;
    }
    for (let id = 1; id <= this.size; id += 1) {
      starts[id] = (starts[id] ?? 0) + (starts[id - 1] ?? 0);
    }
    const places = starts.slice();
    const sources = new Int32Array(this.#sources.length);
    for (const [index, target] of this.#targets.entries()) {
      const place = places[target] ?? 0;
      sources[place] = this.#sources[index] ?? 0;
      places[target] = place + 1;
    }
    return { starts, sources };
  }

  #idOf(state: State, from: number, by: string): number {
    const key = this.#keyOf(state);
    const known = this.#ids.get(key);
    if (known !== undefined) {
      return known;
    }
    const id = this.#states.length;
    if (id >= mostStates) {
      throw new RangeError(`There are more than ${mostStates} states: something grows without an end.`);
    }
    this.#ids.set(key, id);
    this.#states.push(state);
    this.#cameFrom.push(from);
    this.#cameBy.push(by);
    return id;
  }

  /** One character for each member, because millions of keys are kept. */
  #keyOf(state: State): string {
    const codes = Object.values(state).map((member, place) =>
      // Most members are the same objects as in the state before.
      member === this.#members[place] ? (this.#codes[place] ?? 0) : this.#intern(JSON.stringify(member)),
    );
    return String.fromCharCode(...codes);
  }

  #intern(text: string): number {
    const known = this.#interned.get(text);
    if (known !== undefined) {
      return known;
    }
    const id = this.#interned.size;
    if (id > 0xffff) {
      throw new RangeError('A member of the state has too many values for one character.');
    }
    this.#interned.set(text, id);
    return id;
  }
}
