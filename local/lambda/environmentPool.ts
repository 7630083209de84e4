import { randomUUID } from 'node:crypto';
import { ExecutionEnvironment } from './executionEnvironment.ts';
import type { FunctionProcess } from './functionProcess.ts';
import type { InvocationResult } from './invocationResult.ts';

/** The state of an execution environment. */
export interface EnvironmentState {
  readonly pid: number;
  /** The invocation that it serves now; absent while it is idle. */
  readonly requestId?: string;
}

/**
 * The execution environments of one function. Each serves one invocation at a time. More are started when needed, up to
 * a limit; then invocations wait in line, where Lambda would answer 429.
 */
export class EnvironmentPool {
  readonly functionName: string;
  readonly limit: number;
  readonly #process: FunctionProcess;
  readonly #environments = new Set<ExecutionEnvironment>();
  /** The most recently used is last; as in Lambda, it is used again first. */
  readonly #idle: ExecutionEnvironment[] = [];
  readonly #line: (() => void)[] = [];
  #running = 0;
  #invocations = 0;
  #isStopped = false;

  constructor(functionProcess: FunctionProcess, limit: number) {
    this.#process = functionProcess;
    this.functionName = functionProcess.functionName;
    this.limit = limit;
  }

  /** How many invocations are being served or wait in line. */
  get busy(): number {
    return this.#running + this.#line.length;
  }

  /** How many invocations there have been so far. */
  get invocations(): number {
    return this.#invocations;
  }

  /** Every environment that lives now. */
  environments(): readonly EnvironmentState[] {
    return [...this.#environments].map(({ pid, requestId }) =>
      requestId === undefined ? { pid } : { pid, requestId },
    );
  }

  /** The process ids of all environments. */
  pids(): readonly number[] {
    return this.environments().map(({ pid }) => pid);
  }

  /**
   * Invokes the function.
   *
   * @param event as JSON text.
   * @returns always a result; see `ExecutionEnvironment.invoke`.
   */
  async invoke(event: string): Promise<InvocationResult> {
    const requestId = randomUUID();
    this.#invocations += 1;
    await this.#slot();
    try {
      if (this.#isStopped) {
        return {
          ok: false,
          error: { errorType: 'Stopped', errorMessage: 'the local system has been stopped' },
        };
      }
      const environment = this.#take();
      const result = await environment.invoke(requestId, event);
      this.#giveBack(environment);
      return result;
    } finally {
      this.#freeSlot();
    }
  }

  /** Kills all environments, busy ones too, and waits until they have ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    const environments = [...this.#environments];
    for (const environment of environments) {
      environment.kill();
    }
    await Promise.all(environments.map((environment) => environment.ended));
  }

  async #slot(): Promise<void> {
    if (this.#running < this.limit) {
      this.#running += 1;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#line.push(resolve);
    await promise;
  }

  /** Passes the slot to the first in line directly, so that no other invocation can take it. */
  #freeSlot(): void {
    const next = this.#line.shift();
    if (next === undefined) {
      this.#running -= 1;
    } else {
      next();
    }
  }

  #take(): ExecutionEnvironment {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.isUsable) {
        return idle;
      }
    }
    const environment = new ExecutionEnvironment(this.#process);
    this.#environments.add(environment);
    environment.ended.then(() => this.#environments.delete(environment));
    return environment;
  }

  #giveBack(environment: ExecutionEnvironment): void {
    if (environment.isUsable) {
      this.#idle.push(environment);
    }
  }
}
