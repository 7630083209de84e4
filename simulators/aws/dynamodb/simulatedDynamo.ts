import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { SimulatedTable } from './simulatedTable.ts';
import { addUnits, type LedgerUnits, noUnits } from './units.ts';

/** Carries a call over the network: takes simulated time before and after the work, or never comes back. */
export type Carry = <Result>(work: () => Result | Promise<Result>) => Promise<Result>;

/** How long a transaction keeps others away from its items. */
const transactionMs = 4;
/** As the ledger's own pauses after a conflict, in simulated time. */
const pauseStepMs = 15;
const longestPauseMs = 500;

/** A call that was answered, and what it is billed as. */
export interface BilledCall {
  readonly caller: string;
  /** A command of the SDK. */
  readonly command: object;
  readonly units: LedgerUnits;
}

/** What waits, and chance. */
export interface DynamoSurroundings {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
}

/**
 * The clients of a simulated table. They count what each of them is billed for. Writes that meet a transaction under way are
 * tried again here, in simulated time: the ledger's own pauses would take real time.
 */
export class SimulatedDynamo {
  readonly table: SimulatedTable;
  readonly #surroundings: DynamoSurroundings;
  readonly #inTransaction = new Set<string>();
  readonly #units = new Map<string, LedgerUnits>();
  #conflicts = 0;
  #listen: (call: BilledCall) => void = () => undefined;

  constructor(table: SimulatedTable, surroundings: DynamoSurroundings) {
    this.table = table;
    this.#surroundings = surroundings;
  }

  /** How often a write met a transaction under way. */
  get conflicts(): number {
    return this.#conflicts;
  }

  /** By caller: what its calls are billed as. */
  get units(): ReadonlyMap<string, LedgerUnits> {
    return this.#units;
  }

  /** Has each further call told to a listener. */
  listen(listen: (call: BilledCall) => void): void {
    this.#listen = listen;
  }

  /** What the code takes for the SDK's client. @param caller whom its calls are counted for, asked at each call */
  client(caller: () => string, carry: Carry): DynamoDBClient {
    const send = async (command: object): Promise<unknown> =>
      await carry(() => this.#carryOut(command, caller()));
    return { send } as unknown as DynamoDBClient;
  }

  async #carryOut(command: object, caller: string): Promise<unknown> {
    const keys = keysOf(command);
    for (let tries = 1; keys.some((key) => this.#inTransaction.has(key)); tries += 1) {
      this.#conflicts += 1;
      const { sleep, random } = this.#surroundings;
      await sleep(random() * Math.min(longestPauseMs, pauseStepMs * tries));
    }
    if (command instanceof TransactWriteItemsCommand) {
      for (const key of keys) {
        this.#inTransaction.add(key);
      }
      await this.#surroundings.sleep(transactionMs);
      for (const key of keys) {
        this.#inTransaction.delete(key);
      }
    }
    const answered = this.#answer(command);
    this.#units.set(caller, addUnits(this.#units.get(caller) ?? noUnits, answered.units));
    this.#listen({ caller, command, units: answered.units });
    if ('error' in answered) {
      throw answered.error;
    }
    return answered.output;
  }

  #answer(command: object): ReturnType<SimulatedTable['update'] | SimulatedTable['get']> {
    const nowMs = this.#surroundings.now();
    if (command instanceof UpdateItemCommand) {
      return this.table.update(command.input, nowMs);
    }
    if (command instanceof BatchGetItemCommand) {
      return this.table.batchGet(command.input, nowMs);
    }
    if (command instanceof PutItemCommand) {
      return this.table.put(command.input, nowMs);
    }
    if (command instanceof DeleteItemCommand) {
      return this.table.delete(command.input, nowMs);
    }
    if (command instanceof GetItemCommand) {
      return this.table.get(command.input);
    }
    if (command instanceof TransactWriteItemsCommand) {
      return this.table.transact(command.input, nowMs);
    }
    if (command instanceof QueryCommand) {
      return this.table.query(command.input, nowMs);
    }
    if (command instanceof BatchExecuteStatementCommand) {
      return this.table.batchExecute(command.input, nowMs);
    }
    throw new TypeError(`The simulated DynamoDB does not know ${command.constructor.name}`);
  }
}

/** The keys of the items that a command writes. */
export function keysOf(command: unknown): readonly string[] {
  if (command instanceof TransactWriteItemsCommand) {
    return (command.input.TransactItems ?? []).map(
      ({ Update, Put }) => (Update?.Key?.pk ?? Put?.Item?.pk)?.S ?? '',
    );
  }
  if (command instanceof UpdateItemCommand || command instanceof DeleteItemCommand) {
    return [command.input.Key?.pk?.S ?? ''];
  }
  return command instanceof PutItemCommand ? [command.input.Item?.pk?.S ?? ''] : [];
}
