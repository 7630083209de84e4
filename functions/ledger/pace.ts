import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { number } from './updateExpression.ts';

/** Key of the pace of all calls to Mavera. */
export const paceKey = 'pace#mavera';

/** Until when Mavera has asked everybody to wait, out of the item `pace#mavera`; 0 when it never has. */
export function heldUntilMs(item: Readonly<Record<string, AttributeValue>> | undefined): number {
  return Number(item?.heldUntilMs?.N ?? 0);
}

/** Reservations lost to others before one gives up; each loss means that somebody else got a slot. */
const maxTries = 20;

/** A reservation, or from when on it is worth asking again. */
export type SlotOutcome =
  | { readonly kind: 'reserved'; readonly slotAtMs: number }
  | { readonly kind: 'full'; readonly askAgainAtMs: number };

/** How fast slots follow one another, and how far ahead they are given away. */
export interface PaceOptions {
  readonly nowMs: number;
  /** Between two slots. */
  readonly intervalMs: number;
  /** Beyond it nothing is reserved. */
  readonly horizonMs: number;
}

/**
 * The shared pace: one item that holds the moment of the next free slot (the theoretical arrival time of the
 * generic cell rate algorithm). Each reservation moves it on by one interval, atomically, so that however many
 * environments ask, no two get the same slot. One item takes about 1,000 reservations a second.
 */
export class Pace {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /**
   * Reserves the next free slot.
   *
   * @throws what the AWS SDK throws when the ledger does not answer; Error when others keep getting in first
   */
  async takeSlot(terms: PaceOptions): Promise<SlotOutcome> {
    const { nowMs, intervalMs, horizonMs } = terms;
    for (let tries = 0; tries < maxTries; tries += 1) {
      const queued = await this.#update('#next + :interval', '#next BETWEEN :now AND :horizon', {
        ':interval': intervalMs,
        ':now': nowMs,
        ':horizon': nowMs + horizonMs,
      });
      if (queued.kind === 'updated') {
        return { kind: 'reserved', slotAtMs: queued.nextAtMs - intervalMs };
      }
      // Not only beyond: DynamoDB compares more digits than a number has here.
      if (queued.nextAtMs >= nowMs + horizonMs) {
        return { kind: 'full', askAgainAtMs: queued.nextAtMs - horizonMs };
      }
      const idle = await this.#update(':next', 'attribute_not_exists(pk) OR #next < :now', {
        ':next': nowMs + intervalMs,
        ':now': nowMs,
      });
      if (idle.kind === 'updated') {
        return { kind: 'reserved', slotAtMs: nowMs };
      }
    }
    throw new Error(`No slot of the pace could be had in ${maxTries} tries`);
  }

  /**
   * Lets nobody start before a moment: slots that were given for earlier are void, and none is given before it.
   * Holds only ever grow.
   */
  async holdUntil(untilMs: number): Promise<void> {
    await this.#update(':until', 'attribute_not_exists(pk) OR #next < :until', { ':until': untilMs });
    await this.#update(
      ':until',
      'attribute_not_exists(heldUntilMs) OR #next < :until',
      { ':until': untilMs },
      'heldUntilMs',
    );
  }

  async #update(
    next: string,
    condition: string,
    values: Readonly<Record<string, number>>,
    attribute = 'nextSlotAtMs',
  ): Promise<{ readonly kind: 'updated' | 'refused'; readonly nextAtMs: number }> {
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: { pk: { S: paceKey } },
      UpdateExpression: `SET #next = ${next}`,
      ConditionExpression: condition,
      ExpressionAttributeNames: { '#next': attribute },
      ExpressionAttributeValues: Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, number(value)]),
      ),
      ReturnValues: 'UPDATED_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      const { Attributes } = await this.#client.send(command);
      return { kind: 'updated', nextAtMs: Number(Attributes?.nextSlotAtMs?.N) };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return { kind: 'refused', nextAtMs: Number(error.Item?.nextSlotAtMs?.N ?? 0) };
      }
      throw error;
    }
  }
}
