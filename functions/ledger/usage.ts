import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AccountUsage } from '../mavera/accountUsage.ts';
import { assign, number, text } from './updateExpression.ts';

/** Key of what Mavera said of the account. */
export const usageKey = 'usage#mavera';

/** How long one look at the account holds. */
export const usageLifetimeMs = 5 * 60_000;
/** How long others wait for the one that looks. */
const readingMs = 30_000;

/** The last look at the account. */
export interface KnownUsage extends AccountUsage {
  readonly readAtMs: number;
}

/** Reads the item `usage#mavera`; `undefined` when nobody has looked yet. */
export function readUsage(
  item: Readonly<Record<string, AttributeValue>> | undefined,
): KnownUsage | undefined {
  return item?.readAtMs?.N === undefined
    ? undefined
    : {
        creditsRemaining: Number(item.creditsRemaining?.N ?? 0),
        creditsIncluded: Number(item.creditsIncluded?.N ?? 0),
        autoRecharge: item.autoRecharge?.N === '1',
        requestsPerMinute:
          item.requestsPerMinute?.N === undefined ? undefined : Number(item.requestsPerMinute.N),
        readAtMs: Number(item.readAtMs.N),
      };
}

/** The account's usage in the ledger: one environment looks at Mavera every five minutes, for all. */
export class Usage {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** @returns whether it is for this environment to look */
  async claimReading(nowMs: number): Promise<boolean> {
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: { pk: text(usageKey) },
      UpdateExpression: 'SET readingUntilMs = :until',
      ConditionExpression:
        '(attribute_not_exists(readingUntilMs) OR readingUntilMs <= :now) AND ' +
        '(attribute_not_exists(readAtMs) OR readAtMs <= :old)',
      ExpressionAttributeValues: {
        ':until': number(nowMs + readingMs),
        ':now': number(nowMs),
        ':old': number(nowMs - usageLifetimeMs),
      },
    });
    try {
      await this.#client.send(command);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return false;
      }
      throw error;
    }
  }

  async write(usage: AccountUsage, nowMs: number): Promise<void> {
    const { requestsPerMinute } = usage;
    const { assignments, names, values } = assign({
      creditsRemaining: number(usage.creditsRemaining),
      creditsIncluded: number(usage.creditsIncluded),
      autoRecharge: number(usage.autoRecharge ? 1 : 0),
      requestsPerMinute: requestsPerMinute === undefined ? undefined : number(requestsPerMinute),
      readAtMs: number(nowMs),
    });
    const isKnown = requestsPerMinute !== undefined;
    await this.#update(
      `SET ${assignments}${isKnown ? '' : ' REMOVE #requestsPerMinute'}`,
      isKnown ? names : { ...names, '#requestsPerMinute': 'requestsPerMinute' },
      values,
    );
  }

  /** Has somebody look again before the time: Mavera has just said that the credits are gone. */
  async outdate(): Promise<void> {
    await this.#update(
      'SET #read = :never REMOVE #reading',
      { '#read': 'readAtMs', '#reading': 'readingUntilMs' },
      { ':never': number(0) },
    );
  }

  async #update(
    update: string,
    names: Readonly<Record<string, string>>,
    values: Readonly<Record<string, AttributeValue>>,
  ): Promise<void> {
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: { pk: text(usageKey) },
        UpdateExpression: update,
        ExpressionAttributeNames: { ...names },
        ExpressionAttributeValues: { ...values },
      }),
    );
  }
}
