/** One Ctrl-C reaches the process twice: from the terminal and from npm. */
const sameInterruptMs = 500;

const checkParentEveryMs = 250;

/** The exit code that shells expect of a process that Ctrl-C ended. */
export const interruptedExitCode = 130;

/**
 * Aborts at the first SIGINT or SIGTERM, and ends the process at once at the second; its children then end too. In an
 * npm script it also aborts when npm's shell is gone: npm sends signals only to that shell, which ends without passing
 * them on.
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
    }, checkParentEveryMs);
    watch.unref();
  }
  return controller.signal;
}
