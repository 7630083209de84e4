/** A terminal's Ctrl-C reaches the process both from the terminal and from npm; that is one, not two. */
const sameInterruptMs = 500;

const lookForParentEveryMs = 250;

/** What a shell expects of a process that Ctrl-C has ended. */
export const interruptedExitCode = 130;

/**
 * Aborts at the first SIGINT or SIGTERM, and ends the process at once at the second: its children notice that and end
 * as well. A script of npm also aborts when npm's shell is gone: npm hands signals to that shell alone, which dies of
 * them without passing them on.
 */
export function onInterrupt(): AbortSignal {
  const controller = new AbortController();
  let firstAtMs: number | undefined;
  const interrupt = (): void => {
    if (firstAtMs === undefined) {
      firstAtMs = Date.now();
      controller.abort();
    } else if (Date.now() - firstAtMs > sameInterruptMs) {
      process.exit(interruptedExitCode);
    }
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  if (process.env.npm_lifecycle_event !== undefined) {
    const shell = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid !== shell) {
        clearInterval(watch);
        controller.abort();
      }
    }, lookForParentEveryMs);
    watch.unref();
  }
  return controller.signal;
}
