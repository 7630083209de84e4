/// <reference lib="esnext.disposable" />

/** What is shown by `npm start`: it boots a system, runs something on it, and prints what happened. @returns the exit code */
export type Show = (options: ShowOptions) => Promise<number>;

/** What a {@link Show} is given. */
export interface ShowOptions {
  /** Ends what was started. */
  readonly started: AsyncDisposableStack;
  /** Ends the boot. */
  readonly signal: AbortSignal;
  /** Called with each step, for people. */
  readonly onProgress: (step: string) => void;
  /** Called with errors in the background. */
  readonly onError: (error: unknown) => void;
}
