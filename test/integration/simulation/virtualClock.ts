/** Time goes in steps, so that tasks wake together and get in each other's way, as they do in reality. */
const stepMs = 10;

/** Somebody who waits, and until when. */
interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/**
 * Simulated time: it stands still while any task is at work, and jumps to the next one that is to wake when all of them
 * sleep. What tasks wait for outside of it (servers on this machine) takes no time.
 */
export class VirtualClock {
  #nowMs: number;
  #active = 0;
  #sleepers: readonly Sleeper[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  readonly now = (): number => this.#nowMs;

  readonly sleep = async (ms: number): Promise<void> => {
    if (ms > 0) {
      await this.sleepUntil(this.#nowMs + ms);
    }
  };

  readonly sleepUntil = (untilMs: number): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        this.#active += 1;
        resolve();
      };
      const atMs = Math.ceil(Math.max(untilMs, this.#nowMs) / stepMs) * stepMs;
      this.#sleepers = [...this.#sleepers, { untilMs: atMs, wake }];
      this.#active -= 1;
      this.#advance();
    });

  /** Runs a task that may sleep. */
  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    this.#active += 1;
    try {
      return await task();
    } finally {
      this.#active -= 1;
      this.#advance();
    }
  }

  /** Runs tasks side by side; time begins to go when all of them have begun. */
  async runAll(tasks: readonly (() => Promise<void>)[]): Promise<void> {
    let running: readonly Promise<void>[] = [];
    await this.run(async () => {
      running = tasks.map((task) => this.run(task));
    });
    await Promise.all(running);
  }

  #advance(): void {
    if (this.#active > 0 || this.#sleepers.length === 0) {
      return;
    }
    this.#nowMs = this.#sleepers.reduce((soonest, { untilMs }) => Math.min(soonest, untilMs), Infinity);
    const waking = this.#sleepers.filter(({ untilMs }) => untilMs === this.#nowMs);
    this.#sleepers = this.#sleepers.filter(({ untilMs }) => untilMs > this.#nowMs);
    for (const { wake } of waking) {
      wake();
    }
  }
}
