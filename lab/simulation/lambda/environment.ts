import type { Carry } from '../../../simulators/aws/dynamodb/simulatedDynamo.ts';
import type { SimulatedTime } from '../../../simulators/time/simulatedTime.ts';

/** How long calls over the network take, there and back. */
const callMs = { least: 5, most: 15 };

/** An execution environment has died: nothing that its code does has an effect any more. */
export class DeadEnvironmentError extends Error {
  override readonly name = 'DeadEnvironmentError';
}

/** One execution environment of a simulated Lambda function: its network, its clock, and its end. */
export class Environment {
  readonly #time: SimulatedTime;
  readonly #random: () => number;
  readonly #skewMs: number;
  #callsToLive = Number.POSITIVE_INFINITY;
  #isDead = false;
  #onDeath: () => void = () => undefined;

  /** @param skewMs how far its clock is ahead */
  constructor(time: SimulatedTime, random: () => number, skewMs: number) {
    this.#time = time;
    this.#random = random;
    this.#skewMs = skewMs;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  readonly now = (): number => this.#time.now() + this.#skewMs;

  readonly sleep = (ms: number): Promise<void> => this.#whileAlive(() => this.#time.sleep(ms));

  /** Does the work of a call half-way through the time that the call takes. */
  readonly carry: Carry = async (work) => {
    const halfMs = (callMs.least + this.#random() * (callMs.most - callMs.least)) / 2;
    await this.sleep(halfMs);
    const outcome = await settled(work);
    this.#callsToLive -= 1;
    if (this.#callsToLive <= 0) {
      this.die();
    }
    await this.sleep(halfMs);
    return outcome();
  };

  /** Has it die after so many further calls have done their work, before their answers arrive. */
  dieAfter(calls: number): void {
    this.#callsToLive = calls;
  }

  die(): void {
    this.#isDead = true;
    this.#onDeath();
  }

  /** Runs an invocation. @throws DeadEnvironmentError when the environment dies before its end */
  async invoke<Result>(handler: () => Promise<Result>, timeoutMs: number): Promise<Result> {
    let isOver = false;
    const death = new Promise<never>((_resolve, reject) => {
      this.#onDeath = () => reject(new DeadEnvironmentError('The environment died'));
    });
    this.#time.at(this.#time.now() + timeoutMs, () => {
      if (!isOver) {
        this.die();
      }
    });
    try {
      return await Promise.race([handler(), death]);
    } finally {
      isOver = true;
      death.catch(() => undefined);
    }
  }

  /** What the code of a dead environment waits for never comes. */
  async #whileAlive(wait: () => Promise<void>): Promise<void> {
    await (this.#isDead ? never() : wait());
    if (this.#isDead) {
      await never();
    }
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** Waits for a result, or an error, and returns a function that gives it. */
async function settled<Result>(work: () => Result | Promise<Result>): Promise<() => Result> {
  try {
    const result = await work();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
