import type { SimulatedTime } from '../../time/simulatedTime.ts';

/** What is sent to a queue. */
export interface SentMessage {
  readonly body: string;
  readonly group: string;
  readonly delayMs: number;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

/** A message that was received, and is hidden from others for now. */
export interface ReceivedMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly receiveCount: number;
  readonly sentAtMs: number;
  readonly firstReceivedAtMs: number;
}

interface Message extends SentMessage {
  readonly id: string;
  readonly sentAtMs: number;
  firstReceivedAtMs: number | undefined;
  receiveCount: number;
  isDeleted: boolean;
}

/** How a queue treats its messages. */
export interface QueueOptions {
  readonly name: string;
  readonly visibilityTimeoutMs: number;
  /** Deliveries after which a message goes to the dead letters. */
  readonly maxReceiveCount: number;
  /** Share of messages that come twice. */
  readonly twice: number;
  /** Share of messages that come late, by up to `lateByMs`. */
  readonly late: number;
  readonly lateByMs: number;
}

/** A message is visible so long after it was sent, or after its delay. */
const usualLateMs = 100;
/** A standard queue is only roughly in order. */
const roughOrder = 200;
/** How often a fair queue gives the message of a group that has the fewest under way. */
const fairShare = 0.8;

/**
 * A standard queue of SQS on simulated time: delays, visibility timeout, redelivery, dead letters, messages that come late, twice
 * and in rough order. Groups with fewer messages under way go first, most of the time (fair queues).
 */
export class SimulatedQueue {
  readonly options: QueueOptions;
  /** Bodies of the messages that were received too often. */
  readonly dead: string[] = [];
  readonly #time: SimulatedTime;
  readonly #random: () => number;
  readonly #visible = new Map<string, Message[]>();
  readonly #underWay = new Map<string, number>();
  #onVisible: () => void = () => undefined;
  #sent = 0;
  #depth = 0;
  #requests = 0;

  constructor(options: QueueOptions, time: SimulatedTime, random: () => number) {
    this.options = options;
    this.#time = time;
    this.#random = random;
  }

  /** Has a function called when a message can be received. */
  onVisible(listener: () => void): void {
    this.#onVisible = listener;
  }

  /** Messages that are in it, hidden ones included. */
  get depth(): number {
    return this.#depth;
  }

  /** How many messages were ever sent to it. */
  get sent(): number {
    return this.#sent;
  }

  /** Requests of senders and of the mapping that SQS bills, empty receives not counted. */
  get requests(): number {
    return this.#requests;
  }

  countRequest(): void {
    this.#requests += 1;
  }

  send(sent: SentMessage): string {
    const id = `${this.options.name}-${this.#sent}`;
    this.#sent += 1;
    const { twice } = this.options;
    const copies = this.#random() < twice ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const message = {
        ...sent,
        id,
        sentAtMs: this.#time.now(),
        firstReceivedAtMs: undefined,
        receiveCount: 0,
        isDeleted: false,
      };
      this.#depth += 1;
      this.#time.at(this.#time.now() + sent.delayMs + this.#lateMs(), () => this.#show(message));
    }
    return id;
  }

  /** Up to so many of the messages that can be received now, with the functions that delete them. */
  receive(atMost: number): readonly { readonly message: ReceivedMessage; readonly remove: () => void }[] {
    const received = [];
    for (let message = this.#take(); message !== undefined; message = this.#take()) {
      received.push(this.#receive(message));
      if (received.length === atMost) {
        break;
      }
    }
    return received;
  }

  #lateMs(): number {
    const { late, lateByMs } = this.options;
    const usualMs = this.#random() * usualLateMs;
    return this.#random() < late ? usualMs + this.#random() * lateByMs : usualMs;
  }

  #show(message: Message): void {
    const group = this.#visible.get(message.group) ?? [];
    this.#visible.set(message.group, group);
    group.push(message);
    this.#onVisible();
  }

  #receive(message: Message): { readonly message: ReceivedMessage; readonly remove: () => void } {
    message.receiveCount += 1;
    message.firstReceivedAtMs ??= this.#time.now();
    this.#countUnderWay(message.group, 1);
    const receiveCount = message.receiveCount;
    this.#time.at(this.#time.now() + this.options.visibilityTimeoutMs, () => {
      if (!message.isDeleted && message.receiveCount === receiveCount) {
        this.#countUnderWay(message.group, -1);
        this.#showAgain(message);
      }
    });
    const { id, body, attributes = {}, sentAtMs, firstReceivedAtMs } = message;
    return {
      message: { id, body, attributes, receiveCount, sentAtMs, firstReceivedAtMs },
      remove: () => this.#remove(message),
    };
  }

  #remove(message: Message): void {
    if (!message.isDeleted) {
      message.isDeleted = true;
      this.#depth -= 1;
      this.#countUnderWay(message.group, -1);
    }
  }

  #showAgain(message: Message): void {
    if (message.receiveCount >= this.options.maxReceiveCount) {
      this.dead.push(message.body);
      message.isDeleted = true;
      this.#depth -= 1;
    } else {
      this.#show(message);
    }
  }

  #countUnderWay(group: string, change: number): void {
    this.#underWay.set(group, (this.#underWay.get(group) ?? 0) + change);
  }

  #take(): Message | undefined {
    const groups = [...this.#visible];
    if (groups.length === 0) {
      return undefined;
    }
    const [group, messages] = groups.length === 1 ? first(groups) : this.#chooseGroup(groups);
    const index = Math.floor(this.#random() * Math.min(roughOrder, messages.length));
    const [message] = messages.splice(index, 1);
    if (messages.length === 0) {
      this.#visible.delete(group);
    }
    return message;
  }

  #chooseGroup(groups: readonly Group[]): Group {
    if (this.#random() < fairShare) {
      const underWay = ([group]: Group): number => this.#underWay.get(group) ?? 0;
      return groups.reduce((least, group) => (underWay(group) < underWay(least) ? group : least));
    }
    let left = this.#random() * groups.reduce((sum, [, { length }]) => sum + length, 0);
    for (const group of groups) {
      left -= group[1].length;
      if (left < 0) {
        return group;
      }
    }
    return first(groups);
  }
}

type Group = readonly [string, Message[]];

function first(groups: readonly Group[]): Group {
  const [group] = groups;
  if (group === undefined) {
    throw new RangeError('There is no group to choose from');
  }
  return group;
}
