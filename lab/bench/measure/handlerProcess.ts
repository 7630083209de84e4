import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { nodeFlags } from '../../../local/lambda/nodeFlags.ts';
import { LabError } from '../../labError.ts';
import { memoryMb } from '../aws/handlerEnvironment.ts';
import type { Bundle } from '../bundles/bundle.ts';
import { countsOf, type Load, writeLoad } from '../load/load.ts';
import type { Invocations, InvokeOrder, ProcessReport } from '../process/messages.ts';

/** How to start a handler's process. */
export interface HandlerProcessOptions {
  /** What the figures are called, such as `baseline`. */
  readonly name: string;
  readonly bundle: Bundle;
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Where to write the loads. */
  readonly directory: string;
}

/** A handler did not answer 200; what it took all the same is with it. */
export class RefusedError extends LabError {
  readonly invocations: Invocations;

  constructor(message: string, invocations: Invocations) {
    super(message);
    this.invocations = invocations;
  }
}

/** A process with one handler in it, invoked as the bench wants. */
export class HandlerProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  /** Unlike its exit, this comes after all that it said. */
  readonly #disconnected: Promise<unknown>;
  readonly #options: HandlerProcessOptions;

  private constructor(options: HandlerProcessOptions) {
    this.#options = options;
    this.#child = fork(options.program, [options.bundle.file], {
      env: options.environment,
      execArgv: ['--expose-gc', ...nodeFlags(memoryMb)],
      // The function's log goes where it costs the least, on both sides.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#exited = once(this.#child, 'exit');
    this.#disconnected = once(this.#child, 'disconnect');
  }

  /** @throws LabError when the bundle cannot be loaded */
  static async start(options: HandlerProcessOptions): Promise<HandlerProcess> {
    const handlerProcess = new HandlerProcess(options);
    await handlerProcess.#report();
    return handlerProcess;
  }

  /**
   * Invokes the handler with a load of fresh events.
   *
   * @param options.meter whether to find out what calls and log are billed; costs CPU
   * @param options.everyMs starts a request so often, whatever became of those before
   * @throws RefusedError when an answer is not 200
   * @throws LabError when the answers do not count every event as they should
   */
  async invoke(load: Load, options: Partial<Omit<InvokeOrder, 'eventsFile'>> = {}): Promise<Invocations> {
    const eventsFile = writeLoad(this.#options.directory, load);
    const order: InvokeOrder = { meter: false, ...options, eventsFile };
    const reported = this.#report();
    this.#child.send(order);
    const report = await reported;
    if (report.type !== 'done') {
      throw new LabError(`${this.#options.name}: expected a result, got ${report.type}`);
    }
    const { invocations } = report;
    const [refusal] = invocations.refusals;
    if (refusal !== undefined) {
      throw new RefusedError(`${this.#options.name}: the handler answered ${refusal}`, invocations);
    }
    this.#checkCounts(load, invocations);
    return invocations;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#exited;
  }

  #checkCounts(load: Load, invocations: Invocations): void {
    const expected = countsOf(load);
    for (const name of ['queued', 'duplicates', 'ignored'] as const) {
      if (invocations[name] !== expected[name]) {
        const { name: handler } = this.#options;
        throw new LabError(`${handler}: ${invocations[name]} events were ${name}, not ${expected[name]}`);
      }
    }
  }

  async #report(): Promise<ProcessReport> {
    const report = await Promise.race([
      once(this.#child, 'message').then(([message]) => message as ProcessReport),
      this.#disconnected.then((): ProcessReport => ({ type: 'failed', message: 'its process ended' })),
    ]);
    if (report.type === 'failed') {
      throw new LabError(`${this.#options.name}: ${report.message}`);
    }
    return report;
  }
}
