import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { VirtualClock } from './virtualClock.ts';

/** A message of the simulated run queue. */
export interface SimulatedMessage {
  readonly body: string;
  readonly visibleAtMs: number;
  readonly receiveCount: number;
}

/** SQS on simulated time: delays, redeliveries and the dead-letter queue. Messages come in no order. */
export class SimulatedQueue {
  readonly #clock: VirtualClock;
  readonly #random: () => number;
  #messages: SimulatedMessage[] = [];
  readonly deadLetters: string[] = [];
  #inFlight = 0;
  #mostReceived = 0;

  constructor(clock: VirtualClock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** What the code under test takes for the SDK's client. */
  get client(): SQSClient {
    const send = async (command: unknown): Promise<unknown> => {
      if (!(command instanceof SendMessageCommand)) {
        throw new TypeError('The simulated queue only takes messages');
      }
      const { QueueUrl, MessageBody = '', DelaySeconds = 0 } = command.input;
      if (QueueUrl === 'dead-letters') {
        this.deadLetters.push(MessageBody);
      } else {
        this.#add(MessageBody, DelaySeconds * 1000, 0);
      }
      return { MessageId: 'm' };
    };
    return { send } as unknown as SQSClient;
  }

  /** Messages that are in the queue or in flight. */
  get depth(): number {
    return this.#messages.length + this.#inFlight;
  }

  /** The greatest receive count that a message has come to. */
  get mostReceived(): number {
    return this.#mostReceived;
  }

  add(body: string): void {
    this.#add(body, 0, 0);
  }

  /** When the next message can be had; `undefined` when none is left. */
  nextVisibleAtMs(): number | undefined {
    return this.#messages.reduce<number | undefined>(
      (soonest, { visibleAtMs }) => Math.min(soonest ?? visibleAtMs, visibleAtMs),
      undefined,
    );
  }

  /** Takes any of the visible messages. */
  receive(): SimulatedMessage | undefined {
    const visible = this.#messages.filter(({ visibleAtMs }) => visibleAtMs <= this.#clock.now());
    const taken = visible[Math.floor(this.#random() * visible.length)];
    if (taken === undefined) {
      return undefined;
    }
    this.#messages = this.#messages.filter((message) => message !== taken);
    this.#inFlight += 1;
    const received = { ...taken, receiveCount: taken.receiveCount + 1 };
    this.#mostReceived = Math.max(this.#mostReceived, received.receiveCount);
    return received;
  }

  /** Acknowledges a message; `visibleAgainMs`: its delivery failed, and it is shown again after so long. */
  settle({ body, receiveCount }: SimulatedMessage, visibleAgainMs?: number): void {
    this.#inFlight -= 1;
    if (visibleAgainMs !== undefined) {
      this.#add(body, visibleAgainMs, receiveCount);
    }
  }

  #add(body: string, delayMs: number, receiveCount: number): void {
    this.#messages.push({ body, visibleAtMs: this.#clock.now() + delayMs, receiveCount });
  }
}
