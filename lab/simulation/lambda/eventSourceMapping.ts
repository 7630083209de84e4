import type { ReceivedMessage, SimulatedQueue } from '../../../simulators/aws/sqs/simulatedQueue.ts';
import type { SimulatedTime } from '../../../simulators/time/simulatedTime.ts';

/** How messages of a queue become invocations. */
export interface MappingOptions {
  readonly queue: SimulatedQueue;
  readonly batchSize: number;
  readonly maximumConcurrency: number;
  readonly time: SimulatedTime;
  readonly random: () => number;
  /**
   * Invokes the function.
   *
   * @returns ids of the messages that failed; throws when all did
   */
  readonly invoke: (messages: readonly ReceivedMessage[]) => Promise<ReadonlySet<string>>;
}

/** From the queue to the function. */
const pollMs = { least: 10, most: 60 };

/** An event source mapping: takes messages as long as there are any, in so many invocations at once. */
export class EventSourceMapping {
  readonly #options: MappingOptions;
  #atOnce = 0;

  constructor(options: MappingOptions) {
    this.#options = options;
    options.queue.onVisible(() => this.#poll());
  }

  #poll(): void {
    const { queue, batchSize, maximumConcurrency } = this.#options;
    while (this.#atOnce < maximumConcurrency) {
      const received = queue.receive(batchSize);
      if (received.length === 0) {
        return;
      }
      queue.countRequest();
      this.#atOnce += 1;
      void this.#deliver(received);
    }
  }

  async #deliver(received: ReturnType<SimulatedQueue['receive']>): Promise<void> {
    const { time, random, invoke, queue } = this.#options;
    await time.sleep(pollMs.least + random() * (pollMs.most - pollMs.least));
    try {
      const failed = await invoke(received.map(({ message }) => message));
      queue.countRequest();
      for (const { message, remove } of received) {
        if (!failed.has(message.id)) {
          remove();
        }
      }
    } catch {
      // All of them are visible again when their timeout is over.
    }
    this.#atOnce -= 1;
    this.#poll();
  }
}
