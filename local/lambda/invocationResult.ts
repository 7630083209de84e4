/** What Lambda reports about a failed invocation. */
export interface InvocationError {
  /** The error's own name, or Lambda's: `Runtime.ExitError`, `Sandbox.Timedout`, … */
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** How an invocation ended: with the handler's answer as JSON text, or with an error. */
export type InvocationResult =
  | { readonly ok: true; readonly payload: string }
  | { readonly ok: false; readonly error: InvocationError };

/** The handler did not answer within the function's timeout; the environment was killed. */
export function timedOut(requestId: string, timeoutSeconds: number): InvocationResult {
  const message = `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
  return failed('Sandbox.Timedout', `RequestId: ${requestId} Error: ${message}`);
}

/** The process of the environment ended before the handler answered. */
export function exited(requestId: string, code: number | null, signal: string | null): InvocationResult {
  const how = signal === null ? `exit status ${code}` : `signal: ${signal}`;
  return failed('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited with error: ${how}`);
}

function failed(errorType: string, errorMessage: string): InvocationResult {
  return { ok: false, error: { errorType, errorMessage } };
}
