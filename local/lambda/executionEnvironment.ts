import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseLogRecord } from './functionLog.ts';
import type { FunctionProcess } from './functionProcess.ts';
import { exited, type InvocationError, type InvocationResult, timedOut } from './invocationResult.ts';
import { nodeFlags } from './nodeFlags.ts';
import { readLines } from './readLines.ts';
import { type OutputStream, RunningInvocation } from './runningInvocation.ts';

/** A message of `bootstrap.mjs`. */
type Message =
  | { readonly type: 'ready' }
  | { readonly type: 'initError'; readonly error: InvocationError }
  | { readonly type: 'answer'; readonly requestId: string; readonly payload: string }
  | { readonly type: 'error'; readonly requestId: string; readonly error: InvocationError };

/** How long the import of a bundle may take; Lambda starts again after 10 s. */
const maxInitMs = 30_000;

const initTimedOut: InvocationError = {
  errorType: 'Sandbox.Timedout',
  errorMessage: `the bundle was not imported within ${maxInitMs / 1000} s`,
};

const endedWhileInitializing: InvocationError = {
  errorType: 'Runtime.ExitError',
  errorMessage: 'the process ended while it was importing the bundle',
};

/** One process that serves the invocations of a function, one at a time. */
export class ExecutionEnvironment {
  /** Settles when the process has ended and its output is read. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #process: FunctionProcess;
  readonly #initialized = Promise.withResolvers<InvocationError | undefined>();
  #invocation: RunningInvocation | undefined;
  #isUsable = true;

  constructor(functionProcess: FunctionProcess) {
    this.#process = functionProcess;
    this.#child = startBootstrap(functionProcess);
    this.#readOutput('stdout', this.#child.stdout);
    this.#readOutput('stderr', this.#child.stderr);
    this.#child.on('message', (message: Message) => this.#onMessage(message));
    // A process that cannot be started, or written to, also emits "close".
    this.#child.on('error', () => undefined);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#child.on('close', (code, signal) => {
      this.#onClose(code, signal);
      resolve();
    });
    const timer = setTimeout(() => this.#initialized.resolve(initTimedOut), maxInitMs);
    this.#initialized.promise.then(() => clearTimeout(timer));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Whether it can serve another invocation: it lives, and has not been killed. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  /** The request id of the invocation that it serves now. */
  get requestId(): string | undefined {
    return this.#invocation?.requestId;
  }

  /**
   * Serves one invocation; the next one only after this one's result.
   *
   * @param payload the event as JSON text.
   * @returns always a result: an error when the handler throws, does not answer in time, or its process ends. By then
   * every line that the invocation wrote has been passed on.
   */
  async invoke(requestId: string, payload: string): Promise<InvocationResult> {
    const initError = await this.#initialized.promise;
    if (initError !== undefined || !this.#isUsable) {
      this.kill();
      return initError === undefined
        ? exited(requestId, this.#child.exitCode, this.#child.signalCode)
        : { ok: false, error: initError };
    }
    const { timeoutSeconds, functionArn } = this.#process;
    const timeoutMs = timeoutSeconds * 1000;
    const invocation = new RunningInvocation(requestId);
    this.#invocation = invocation;
    const timer = setTimeout(() => {
      invocation.settle(timedOut(requestId, timeoutSeconds));
      this.kill();
    }, timeoutMs);
    this.#child.send(
      { requestId, deadlineMs: Date.now() + timeoutMs, functionArn, payload },
      () => undefined,
    );
    const result = await invocation.settled;
    clearTimeout(timer);
    this.#invocation = undefined;
    return result;
  }

  /** Ends the process at once. */
  kill(): void {
    this.#isUsable = false;
    this.#child.kill('SIGKILL');
  }

  #onMessage(message: Message): void {
    switch (message.type) {
      case 'ready':
        this.#initialized.resolve(undefined);
        break;
      case 'initError':
        this.#initialized.resolve(message.error);
        break;
      case 'answer':
        this.#invocation?.answered({ ok: true, payload: message.payload });
        break;
      case 'error':
        this.#invocation?.answered({ ok: false, error: message.error });
        break;
    }
  }

  #readOutput(stream: OutputStream, readable: Readable | null): void {
    if (readable !== null) {
      readLines(readable, (text) => {
        this.#log(stream, this.#invocation?.read(stream, text) ?? text);
      });
    }
  }

  #log(stream: OutputStream, text: string): void {
    if (text === '') {
      return;
    }
    const { functionName, logicalId, onLog } = this.#process;
    const record = parseLogRecord(text);
    onLog({
      functionName,
      logicalId,
      pid: this.pid,
      stream,
      text,
      ...(record === undefined ? {} : { record }),
    });
  }

  #onClose(code: number | null, signal: string | null): void {
    this.#isUsable = false;
    this.#initialized.resolve(endedWhileInitializing);
    this.#invocation?.closed(code, signal);
  }
}

function startBootstrap({ directory, environment, memoryMb, priority }: FunctionProcess): ChildProcess {
  const bootstrap = fileURLToPath(import.meta.resolve('./bootstrap.mjs'));
  const child = spawn(process.execPath, [...nodeFlags(memoryMb), bootstrap], {
    cwd: directory,
    env: environment,
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  if (priority !== undefined && child.pid !== undefined) {
    setPriority(child.pid, priority);
  }
  return child;
}
