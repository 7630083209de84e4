import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { number, text } from './updateExpression.ts';

/** How long a run may take between two deliveries before another one makes the thread or persona in its place. */
const leaseMs = 3_600_000;
/** How long an id is kept after it was last used. */
const keptForSeconds = 400 * 86_400;

/**
 * What a trigger keeps for a key. `known`: its id; `mine`: there is none yet, and this run is to make it; `pending`:
 * another run is about to.
 */
export type KeptId =
  | { readonly kind: 'known'; readonly id: string }
  | { readonly kind: 'mine' }
  | { readonly kind: 'pending' };

/** The threads and personas at Mavera that triggers keep for their keys: each made by one run, used by all others. */
export class KeptIds {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** Asks for the id of a key; the first run that asks is the one to make it. */
  async take(key: string, runId: string, nowMs: number): Promise<KeptId> {
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: { pk: text(key) },
      UpdateExpression: 'SET runId = :run, leaseUntilMs = :lease, expiresAt = :expires',
      ConditionExpression:
        'attribute_not_exists(#id) AND (attribute_not_exists(pk) OR runId = :run OR leaseUntilMs <= :now)',
      ExpressionAttributeNames: { '#id': 'id' },
      ExpressionAttributeValues: {
        ':run': text(runId),
        ':lease': number(nowMs + leaseMs),
        ':expires': expiry(nowMs),
        ':now': number(nowMs),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await this.#client.send(command);
      return { kind: 'mine' };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        const id = error.Item?.id?.S;
        return id === undefined ? { kind: 'pending' } : { kind: 'known', id };
      }
      throw error;
    }
  }

  /** Keeps what was made, or notes that it was used. What was kept first stays. */
  async keep(key: string, id: string, nowMs: number): Promise<void> {
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: { pk: text(key) },
        UpdateExpression: 'SET #id = if_not_exists(#id, :id), expiresAt = :expires',
        ExpressionAttributeNames: { '#id': 'id' },
        ExpressionAttributeValues: { ':id': text(id), ':expires': expiry(nowMs) },
      }),
    );
  }

  /** Forgets an id that is not at Mavera any more. */
  async forget(key: string, id: string): Promise<void> {
    await this.#delete(key, '#id = :value', id);
  }

  /** Lets others make what this run was to make. */
  async release(key: string, runId: string): Promise<void> {
    await this.#delete(key, 'attribute_not_exists(#id) AND runId = :value', runId);
  }

  async #delete(key: string, condition: string, value: string): Promise<void> {
    const command = new DeleteItemCommand({
      TableName: this.#table,
      Key: { pk: text(key) },
      ConditionExpression: condition,
      ExpressionAttributeNames: { '#id': 'id' },
      ExpressionAttributeValues: { ':value': text(value) },
    });
    try {
      await this.#client.send(command);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) {
        throw error;
      }
    }
  }
}

function expiry(nowMs: number): ReturnType<typeof number> {
  return number(Math.ceil(nowMs / 1000) + keptForSeconds);
}
