import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { number, text } from './updateExpression.ts';

/** Holders cleared away, or lost races, before one gives up. */
const maxTries = 20;

type Item = Readonly<Record<string, AttributeValue>>;

/** Key of the cap on the calls of one kind of action. */
export function capKey(action: string): string {
  return `cap#${action}`;
}

/** What a run asks of a cap. */
export interface CapOptions {
  readonly runId: string;
  readonly limit: number;
  readonly nowMs: number;
  /** Until when the work may be under way, should nothing more be heard of it. */
  readonly leaseUntilMs: number;
}

/**
 * Caps on calls of one kind that are under way at once, across all environments: an item holds the runs that are at it,
 * each with a lease, so that a dead one frees its place.
 */
export class Caps {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** @returns whether the run has a place; one that had it already keeps it, with the new lease */
  async acquire(action: string, { runId, limit, nowMs, leaseUntilMs }: CapOptions): Promise<boolean> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const refusal = await this.#update(action, {
        UpdateExpression: 'SET holders.#run = :lease',
        ConditionExpression:
          'attribute_exists(holders) AND (size(holders) < :limit OR attribute_exists(holders.#run))',
        ExpressionAttributeNames: { '#run': runId },
        ExpressionAttributeValues: { ':lease': number(leaseUntilMs), ':limit': number(limit) },
      });
      if (refusal === undefined) {
        return true;
      }
      if (refusal.holders === undefined) {
        await this.#update(action, {
          UpdateExpression: 'SET holders = :none',
          ConditionExpression: 'attribute_not_exists(holders)',
          ExpressionAttributeValues: { ':none': { M: {} } },
        });
      } else if (!(await this.#clearAway(action, refusal, nowMs))) {
        return false;
      }
    }
    return false;
  }

  /** Gives the place back. */
  async release(action: string, runId: string): Promise<void> {
    await this.#update(action, {
      UpdateExpression: 'REMOVE holders.#run',
      ConditionExpression: 'attribute_exists(holders.#run)',
      ExpressionAttributeNames: { '#run': runId },
    });
  }

  /** @returns whether there was a holder whose lease is over */
  async #clearAway(action: string, item: Item, nowMs: number): Promise<boolean> {
    const dead = Object.entries(item.holders?.M ?? {}).find(([, lease]) => Number(lease.N) <= nowMs);
    if (dead === undefined) {
      return false;
    }
    await this.#update(action, {
      UpdateExpression: 'REMOVE holders.#run',
      ConditionExpression: 'holders.#run <= :now',
      ExpressionAttributeNames: { '#run': dead[0] },
      ExpressionAttributeValues: { ':now': number(nowMs) },
    });
    return true;
  }

  /** @returns the item that was in the way; `undefined` when the update was made */
  async #update(action: string, update: CapUpdate): Promise<Item | undefined> {
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: { pk: text(capKey(action)) },
          ...update,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return undefined;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return error.Item ?? {};
      }
      throw error;
    }
  }
}

interface CapUpdate {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
}

/** Runs other than this one whose lease is not over. */
export function holdersAt(item: Item | undefined, runId: string, nowMs: number): number {
  return Object.entries(item?.holders?.M ?? {}).filter(
    ([holder, lease]) => holder !== runId && Number(lease.N) > nowMs,
  ).length;
}
