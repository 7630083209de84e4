import { setTimeout as sleep } from 'node:timers/promises';
import {
  type $Command,
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  type DynamoDBClientResolvedConfig,
  GetItemCommand,
  type Put,
  PutItemCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
  type Update,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { exponentialBackoffMs } from '../backoff/exponentialBackoffMs.ts';
import { isTransientError } from './transientError.ts';

/** Each conflict means that another writer got through, so that many writers of one item come to an end. */
const maxTries = 60;
/** The longest pause grows by this with each try, so that many writers get out of each other's way. */
const pauseStepMs = 15;
const longestPauseMs = 500;

/** Keys that one `BatchGetItem` takes. */
const keysPerRead = 100;
/** Reads in a row that bring nothing before the ledger counts as unavailable: about 2.5 s with their pauses. */
const maxEmptyReads = 10;
const readPauses = { firstMs: 25, longestMs: 1_000 };

/** An item as DynamoDB has it. */
export type LedgerItem = Readonly<Record<string, AttributeValue>>;

/**
 * What DynamoDB's expressions of a write refer to. `#state` in an expression stands for the attribute `state`: many
 * plain names are reserved words.
 */
interface Expressions {
  /** What must hold for the write to be made. */
  readonly condition?: string | undefined;
  /** By placeholder, e.g. `:state`. */
  readonly values?: LedgerItem | undefined;
  /** Placeholders of attributes that have another name, e.g. `{ '#run': runId }`. */
  readonly names?: Readonly<Record<string, string>> | undefined;
}

/** A change of one item, which comes into being if there is none. */
export interface ItemUpdate extends Expressions {
  readonly pk: string;
  /** DynamoDB's update expression, e.g. `SET #state = :state`. */
  readonly change: string;
}

/** A whole item, in place of the one that may be there. */
export interface ItemPut extends Expressions {
  readonly item: LedgerItem;
}

/** The end of an item. */
export interface ItemDeletion extends Expressions {
  readonly pk: string;
}

/**
 * `written`: with the attributes that `returns` asks for, or the item that was deleted; `refused`: with the item that did
 * not meet the condition.
 */
export interface WriteOutcome {
  readonly kind: 'written' | 'refused';
  readonly item: LedgerItem;
}

/** What an update returns, and the signal that aborts it. */
export interface UpdateOptions {
  /** The whole item as it was before, or the attributes that were set as they are now. @default nothing */
  readonly returns?: 'ALL_OLD' | 'UPDATED_NEW' | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The table of the ledger: all its items are read and changed through it. Conflicts with the transactions of others are
 * tried again after random, growing pauses.
 *
 * All methods throw what the AWS SDK throws when the ledger does not answer, or when a conflict does not end.
 */
export class LedgerTable {
  readonly name: string;
  readonly #client: DynamoDBClient;

  constructor(client: DynamoDBClient, name: string) {
    this.#client = client;
    this.name = name;
  }

  async update(update: ItemUpdate, { returns, signal }: UpdateOptions = {}): Promise<WriteOutcome> {
    const input = { ...this.updateInput(update), ...foundItem(update), ReturnValues: returns };
    return await outcomeOf(this.send(new UpdateItemCommand(input), signal));
  }

  async put(put: ItemPut, signal?: AbortSignal): Promise<WriteOutcome> {
    const input = { ...this.putInput(put), ...foundItem(put) };
    return await outcomeOf(this.send(new PutItemCommand(input), signal));
  }

  async delete(deletion: ItemDeletion, signal?: AbortSignal): Promise<WriteOutcome> {
    const key = { TableName: this.name, Key: { pk: { S: deletion.pk } } };
    const input = {
      ...key,
      ...expressionInput(deletion),
      ...foundItem(deletion),
      ReturnValues: 'ALL_OLD',
    } as const;
    return await outcomeOf(this.send(new DeleteItemCommand(input), signal));
  }

  /** Reads an item as it is now; `undefined` when there is none. */
  async readOne(pk: string): Promise<LedgerItem | undefined> {
    const input = { TableName: this.name, Key: { pk: { S: pk } }, ConsistentRead: true };
    return (await this.send(new GetItemCommand(input))).Item;
  }

  /**
   * Reads items as they are now, 100 a call. What DynamoDB leaves out is read again after random, growing pauses.
   *
   * @param keys all different
   * @returns the items by key; those that do not exist are not in it
   * @throws Error when DynamoDB keeps leaving items out
   */
  async read(keys: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, LedgerItem>> {
    return await this.#read(keys, true, signal);
  }

  /**
   * As {@link read}, for half the price: an item may be as it was a moment ago, usually less than a second. Only for what a
   * write decides in any case, or what may be a little late.
   */
  async readRecent(keys: readonly string[]): Promise<ReadonlyMap<string, LedgerItem>> {
    return await this.#read(keys, false);
  }

  async #read(
    keys: readonly string[],
    isConsistent: boolean,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, LedgerItem>> {
    const items = new Map<string, LedgerItem>();
    let missing = keys.map((pk) => ({ pk: { S: pk } }) as Record<string, AttributeValue>);
    for (let emptyReads = 0; missing.length > 0; ) {
      const Keys = missing.slice(0, keysPerRead);
      const RequestItems = { [this.name]: { Keys, ConsistentRead: isConsistent } };
      const { Responses, UnprocessedKeys } = await this.send(
        new BatchGetItemCommand({ RequestItems }),
        signal,
      );
      for (const item of Responses?.[this.name] ?? []) {
        items.set(item.pk?.S ?? '', item);
      }
      const leftOut = UnprocessedKeys?.[this.name]?.Keys ?? [];
      missing = [...missing.slice(keysPerRead), ...leftOut];
      emptyReads = leftOut.length === Keys.length ? emptyReads + 1 : 0;
      if (emptyReads === maxEmptyReads) {
        throw new Error(`The ledger left out ${missing.length} of ${keys.length} items: it is throttled`);
      }
      if (leftOut.length > 0) {
        await pause(exponentialBackoffMs({ ...readPauses, times: emptyReads }), signal);
      }
    }
    return items;
  }

  /** Sends a command, and again as long as it fails for a transient reason. */
  async send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: $Command<Input, Output, DynamoDBClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes>,
    signal?: AbortSignal,
  ): Promise<Output> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#client.send(command, signal === undefined ? {} : { abortSignal: signal });
      } catch (error) {
        // A condition that does not hold is the usual case, and not an error.
        const isRefusal = error instanceof ConditionalCheckFailedException;
        if (isRefusal || tries === maxTries || !isTransientError(error)) {
          throw error;
        }
      }
      await pause(Math.min(longestPauseMs, pauseStepMs * tries), signal);
    }
  }

  /** An update as a request or a transaction has it. */
  updateInput(update: ItemUpdate): Update & { readonly UpdateExpression: string } {
    const { pk, change } = update;
    const key = { TableName: this.name, Key: { pk: { S: pk } } };
    return { ...key, UpdateExpression: change, ...expressionInput(update, change) };
  }

  /** A put as a request or a transaction has it. */
  putInput(put: ItemPut): Put & { readonly Item: Record<string, AttributeValue> } {
    return { TableName: this.name, Item: { ...put.item }, ...expressionInput(put) };
  }
}

type ExpressionInput = Pick<
  Update,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** DynamoDB refuses empty maps, and placeholders that no expression has. */
function expressionInput({ condition, values, names }: Expressions, change = ''): ExpressionInput {
  const placeholders = `${change} ${condition ?? ''}`.match(/#\w+/g) ?? [];
  const attributes = placeholders.map((placeholder) => [
    placeholder,
    names?.[placeholder] ?? placeholder.slice(1),
  ]);
  return {
    ...(condition === undefined ? {} : { ConditionExpression: condition }),
    ...(attributes.length === 0 ? {} : { ExpressionAttributeNames: Object.fromEntries(attributes) }),
    ...(values === undefined ? {} : { ExpressionAttributeValues: { ...values } }),
  };
}

/** Has a refusal bring the item that stands there, which saves a read. */
function foundItem({ condition }: Expressions): { readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' } {
  return condition === undefined ? {} : { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
}

async function outcomeOf(
  write: Promise<{ readonly Attributes?: LedgerItem | undefined }>,
): Promise<WriteOutcome> {
  try {
    return { kind: 'written', item: (await write).Attributes ?? {} };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      return { kind: 'refused', item: error.Item ?? {} };
    }
    throw error;
  }
}

/** A random part of the time, so that those who wait for the same item do not meet again. */
async function pause(longestMs: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(Math.random() * longestMs, undefined, signal === undefined ? {} : { signal });
}

/** The assignments of an update, which the caller may add to. */
export interface Assignments {
  /** e.g. `#state = :state, #owner = :owner` */
  readonly assignments: string;
  readonly values: Readonly<Record<string, AttributeValue>>;
}

/**
 * Assignments of an update expression, each attribute by a placeholder of its own name. Attributes without a value are
 * left out.
 *
 * @example assign({ state: text('done') }) // { assignments: '#state = :state', values: { ':state': { S: 'done' } } }
 */
export function assign(attributes: Readonly<Record<string, AttributeValue | undefined>>): Assignments {
  const entries = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    assignments: entries.map(([name]) => `#${name} = :${name}`).join(', '),
    values: Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
  };
}

/** A string attribute; none for `undefined`. */
export function text(value: string): AttributeValue;
export function text(value: string | undefined): AttributeValue | undefined;
export function text(value: string | undefined): AttributeValue | undefined {
  // Half a surrogate pair cannot be written in UTF-8.
  return value === undefined ? undefined : { S: value.toWellFormed() };
}

/** DynamoDB refuses a number that is nearer to 0, and the whole request with it. */
const smallestNumber = 1e-130;

/** A number attribute; none for `undefined`. */
export function number(value: number): AttributeValue;
export function number(value: number | undefined): AttributeValue | undefined;
export function number(value: number | undefined): AttributeValue | undefined {
  if (value === undefined) {
    return undefined;
  }
  return { N: Math.abs(value) < smallestNumber ? '0' : `${value}` };
}
