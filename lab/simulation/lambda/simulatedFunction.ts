import type { SimulatedTime } from '../../../simulators/time/simulatedTime.ts';
import { Environment } from './environment.ts';

/** What a function needs. */
export interface FunctionOptions<Code> {
  readonly time: SimulatedTime;
  readonly random: () => number;
  readonly timeoutMs: number;
  /** The clocks of the environments are up to this far ahead or behind. */
  readonly clockSkewMs: number;
  /** Share of invocations whose environment dies after one of its calls. */
  readonly deaths: number;
  /** Such an environment dies after one of so many calls; if it makes fewer, it lives on. */
  readonly callsBeforeDeath: number;
  /** Loads the code into an environment. */
  readonly load: (environment: Environment) => Code;
}

interface Loaded<Code> {
  readonly environment: Environment;
  readonly code: Code;
}

/** How long an environment takes to start. */
const coldStartMs = { least: 500, most: 1_500 };

/** A Lambda function: environments with one invocation at a time each, kept for the next one. */
export class SimulatedFunction<Code> {
  readonly #options: FunctionOptions<Code>;
  readonly #idle: Loaded<Code>[] = [];
  #invocations = 0;
  #billedMs = 0;
  #deaths = 0;
  #mostAtOnce = 0;
  #atOnce = 0;

  constructor(options: FunctionOptions<Code>) {
    this.#options = options;
  }

  get invocations(): number {
    return this.#invocations;
  }

  get billedMs(): number {
    return this.#billedMs;
  }

  get deaths(): number {
    return this.#deaths;
  }

  get mostAtOnce(): number {
    return this.#mostAtOnce;
  }

  /** @throws DeadEnvironmentError, and what the handler throws */
  async invoke<Result>(handler: (code: Code, remainingMs: () => number) => Promise<Result>): Promise<Result> {
    const { time, random, timeoutMs, deaths, callsBeforeDeath } = this.#options;
    this.#invocations += 1;
    this.#atOnce += 1;
    this.#mostAtOnce = Math.max(this.#mostAtOnce, this.#atOnce);
    const loaded = this.#idle.pop() ?? (await this.#start());
    const { environment, code } = loaded;
    if (random() < deaths) {
      environment.dieAfter(1 + Math.floor(random() * callsBeforeDeath));
    }
    const startedAtMs = time.now();
    try {
      const endsAtMs = startedAtMs + timeoutMs;
      return await environment.invoke(() => handler(code, () => endsAtMs - time.now()), timeoutMs);
    } finally {
      this.#billedMs += time.now() - startedAtMs;
      this.#atOnce -= 1;
      if (environment.isDead) {
        this.#deaths += 1;
      } else {
        environment.dieAfter(Number.POSITIVE_INFINITY);
        this.#idle.push(loaded);
      }
    }
  }

  async #start(): Promise<Loaded<Code>> {
    const { time, random, clockSkewMs, load } = this.#options;
    await time.sleep(coldStartMs.least + random() * (coldStartMs.most - coldStartMs.least));
    const environment = new Environment(time, random, (random() * 2 - 1) * clockSkewMs);
    return { environment, code: load(environment) };
  }
}
