import type { FunctionLogLine, FunctionLogListener } from '../lambda/functionLog.ts';

/** Passes every log line of the functions to all listeners. */
export class FunctionLogs {
  readonly #listeners = new Set<FunctionLogListener>();

  /** @returns a function that removes the listener. */
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
