import type { FunctionLogLine, FunctionLogListener } from '../lambda/functionLog.ts';

/** Hands every line that a function writes to all who listen. */
export class FunctionLogs {
  readonly #listeners = new Set<FunctionLogListener>();

  /** @returns how to end listening. */
  add(listener: FunctionLogListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readonly publish = (line: FunctionLogLine): void => {
    for (const listener of this.#listeners) {
      listener(line);
    }
  };
}
