import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { parkedIndex } from '../../functions/ledger/parkedIndex.ts';
import { type ParkedRun, parkedKey, parkedRun } from '../../functions/ledger/parkedItem.ts';
import { runsByDay } from '../../functions/ledger/runsByDay.ts';
import { type Carry, keysOf, SimulatedDynamo } from '../../simulators/aws/dynamodb/simulatedDynamo.ts';
import { SimulatedTable } from '../../simulators/aws/dynamodb/simulatedTable.ts';
import { type SentMessage, SimulatedQueue } from '../../simulators/aws/sqs/simulatedQueue.ts';
import { simulatedSqs } from '../../simulators/aws/sqs/simulatedSqs.ts';
import type { SimulatedTime } from '../../simulators/time/simulatedTime.ts';

/** The queues that are worked off, in this order. A queue's name is its URL too. */
export const queueNames = ['pulls', 'intake', 'bulk', 'ready'] as const;

export type QueueName = (typeof queueNames)[number];

/** Where nothing is delivered from: the dispatcher's passes are not started by messages here. */
export const dispatchQueue = 'dispatch';
export const deadLetterQueue = 'dead-letters';

/** As the stack sets it: a message of a delivery that failed comes again after this time. */
const visibilityTimeoutMs = 17 * 60_000;
/** Deliveries of a message before it is given up. The stack sets 100 for runs and 8 for pulls. */
const maxReceiveCount = 8;

const parkedPrefix = parkedKey('');

/** DynamoDB, SQS and SNS in memory, on simulated time. Nothing takes time, comes twice or out of order. */
export class MemoryAws {
  readonly table: SimulatedTable;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly queues: ReadonlyMap<QueueName, SimulatedQueue>;
  /** Keys of the items of parked runs. */
  readonly #parkedKeys = new Set<string>();
  #sentMessages = 0;

  /** @param onSend told of each message that is sent to a queue that is worked off */
  constructor(time: SimulatedTime, onSend: (queue: QueueName, message: SentMessage) => void) {
    // The least of all random numbers: no message is late, and the first one is received first.
    const never = (): number => 0;
    const dynamo = new SimulatedDynamo(new SimulatedTable([runsByDay, parkedIndex], never), {
      now: time.now,
      sleep: () => Promise.resolve(),
      random: never,
    });
    this.table = dynamo.table;
    this.dynamodb = this.#watched(dynamo.client(() => 'trial', atOnce));
    this.queues = new Map(
      queueNames.map((name) => {
        const options = { name, visibilityTimeoutMs, maxReceiveCount, twice: 0, late: 0, lateByMs: 0 };
        return [name, new SimulatedQueue(options, time, never)] as const;
      }),
    );
    const ignored = { send: () => 'ignored', countRequest: () => undefined };
    const targets = [...this.queues].map(([name, queue]) => {
      const send = (message: SentMessage): string => {
        this.#sentMessages += 1;
        onSend(name, message);
        return queue.send(message);
      };
      return [name, { send, countRequest: () => undefined }] as const;
    });
    this.sqs = simulatedSqs(
      new Map<string, typeof ignored | (typeof targets)[number][1]>([
        ...targets,
        [dispatchQueue, ignored],
        [deadLetterQueue, ignored],
      ]),
      atOnce,
    );
    this.sns = { send: () => Promise.resolve({}) } as unknown as SNSClient;
  }

  /** How many messages were sent so far. */
  get sentMessages(): number {
    return this.#sentMessages;
  }

  /** The parked runs. */
  get parked(): readonly ParkedRun[] {
    return [...this.#parkedKeys].flatMap((key) => {
      const item = this.table.item(key);
      return item === undefined ? [] : [parkedRun(item)];
    });
  }

  /** Notes which runs are parked: a plan of the next pass must not go through the whole table. */
  #watched(client: DynamoDBClient): DynamoDBClient {
    const send = async (command: Parameters<DynamoDBClient['send']>[0]): Promise<unknown> => {
      const answer: unknown = await client.send(command);
      for (const key of keysOf(command)) {
        if (key.startsWith(parkedPrefix)) {
          this.#note(key);
        }
      }
      return answer;
    };
    return { send } as unknown as DynamoDBClient;
  }

  #note(key: string): void {
    if (this.table.item(key) === undefined) {
      this.#parkedKeys.delete(key);
    } else {
      this.#parkedKeys.add(key);
    }
  }
}

const atOnce: Carry = async (work) => await work();
