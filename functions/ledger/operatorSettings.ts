import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';

/** Stands for all triggers together. */
export const allTriggers = '*';

/** Key of the item with what operators have set. */
export const operatorSettingsKey = 'operator#settings';

/** What operators have set while the system runs; it goes before the triggers file and the stack's settings. */
export interface OperatorSettings {
  /** Since when a trigger, or `*`, is paused, in epoch milliseconds. */
  readonly pausedSinceMs: ReadonlyMap<string, number>;
  /** Credits of the budget of a trigger, or of `*`, in place of the configured ones. */
  readonly budgetCredits: ReadonlyMap<string, number>;
}

const pausedPrefix = 'paused#';
const budgetPrefix = 'budget#';

/**
 * Reads the item `operator#settings`; one that is not there sets nothing. Of what is no number, a pause is one since ever,
 * and a budget is none.
 */
export function readOperatorSettings(item: Readonly<Record<string, AttributeValue>> = {}): OperatorSettings {
  const paused = settings(item, pausedPrefix).map(([trigger, sinceMs = 0]) => [trigger, sinceMs] as const);
  const budgets = settings(item, budgetPrefix).flatMap(([trigger, credits]) =>
    credits === undefined ? [] : [[trigger, credits] as const],
  );
  return { pausedSinceMs: new Map(paused), budgetCredits: new Map(budgets) };
}

/** `undefined` for what is no number: somebody has written it by hand. */
function settings(
  item: Readonly<Record<string, AttributeValue>>,
  prefix: string,
): readonly (readonly [string, number | undefined])[] {
  return Object.entries(item)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, { N }]) => [name.slice(prefix.length), N === undefined ? undefined : Number(N)]);
}

/** The operators' side of it: reads and changes what is set. */
export class OperatorDesk {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async read(): Promise<OperatorSettings> {
    const Key = { pk: { S: operatorSettingsKey } };
    const command = new GetItemCommand({ TableName: this.#table, Key, ConsistentRead: true });
    return readOperatorSettings((await this.#client.send(command)).Item);
  }

  /** @param trigger its name, or `*` */
  async pause(trigger: string, nowMs: number): Promise<void> {
    await this.#write(`${pausedPrefix}${trigger}`, nowMs);
  }

  /** @param trigger its name, or `*`, which does not resume triggers that were paused by name */
  async resume(trigger: string): Promise<void> {
    await this.#write(`${pausedPrefix}${trigger}`, undefined);
  }

  /**
   * @param trigger its name, or `*`
   * @param credits `undefined`: as configured
   */
  async setBudget(trigger: string, credits: number | undefined): Promise<void> {
    await this.#write(`${budgetPrefix}${trigger}`, credits);
  }

  async #write(name: string, value: number | undefined): Promise<void> {
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: { pk: { S: operatorSettingsKey } },
        UpdateExpression: value === undefined ? 'REMOVE #name' : 'SET #name = :value',
        ExpressionAttributeNames: { '#name': name },
        ...(value === undefined ? {} : { ExpressionAttributeValues: { ':value': { N: `${value}` } } }),
      }),
    );
  }
}
