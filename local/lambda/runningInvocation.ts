import { exited, type InvocationResult } from './invocationResult.ts';

/** An output stream of a process. */
export type OutputStream = 'stdout' | 'stderr';

/**
 * An invocation that an execution environment is serving. Its answer and its output arrive on different channels. It is
 * settled when the answer is there and both output streams have been read up to the invocation's end line, so all its
 * lines come before its result.
 */
export class RunningInvocation {
  readonly requestId: string;
  readonly settled: Promise<InvocationResult>;
  readonly settle: (result: InvocationResult) => void;
  readonly #unread = new Set<OutputStream>(['stdout', 'stderr']);
  #answer: InvocationResult | undefined;

  constructor(requestId: string) {
    this.requestId = requestId;
    const { promise, resolve } = Promise.withResolvers<InvocationResult>();
    this.settled = promise;
    this.settle = resolve;
  }

  /** The handler has answered. */
  answered(result: InvocationResult): void {
    this.#answer = result;
    this.#settleWhenRead();
  }

  /** A line has been read. @returns the line without the end line, which a text without `\n` may precede. */
  read(stream: OutputStream, line: string): string {
    const endLine = `END RequestId: ${this.requestId}`;
    if (!line.endsWith(endLine)) {
      return line;
    }
    this.#unread.delete(stream);
    this.#settleWhenRead();
    return line.slice(0, -endLine.length);
  }

  /** The process has ended, and all its output is read. */
  closed(code: number | null, signal: string | null): void {
    this.settle(this.#answer ?? exited(this.requestId, code, signal));
  }

  #settleWhenRead(): void {
    if (this.#answer !== undefined && this.#unread.size === 0) {
      this.settle(this.#answer);
    }
  }
}
