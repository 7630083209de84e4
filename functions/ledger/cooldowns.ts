import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { number, text } from './updateExpression.ts';

/** Whether a run has a key of its trigger for itself. */
export type CooldownClaim =
  | { readonly kind: 'mine' }
  | { readonly kind: 'cooling'; readonly untilMs: number; readonly runId: string };

/** The cooldowns of the ledger: the last run of a trigger for a key, and until when there is no other. */
export class Cooldowns {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** Begins the cooldown with this run, or prolongs it if it is this run's already. */
  async claim(key: string, runId: string, nowMs: number, forMs: number): Promise<CooldownClaim> {
    const untilMs = nowMs + forMs;
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: { pk: text(key) },
      UpdateExpression: 'SET runId = :run, untilMs = :until, expiresAt = :expires',
      ConditionExpression: 'attribute_not_exists(pk) OR untilMs <= :now OR runId = :run',
      ExpressionAttributeValues: {
        ':run': text(runId),
        ':until': number(untilMs),
        ':expires': number(Math.ceil(untilMs / 1000)),
        ':now': number(nowMs),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await this.#client.send(command);
      return { kind: 'mine' };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        const { untilMs: until, runId: by } = error.Item ?? {};
        return { kind: 'cooling', untilMs: Number(until?.N ?? 0), runId: by?.S ?? '' };
      }
      throw error;
    }
  }

  /** Ends the cooldown of a run that has come to nothing. */
  async release(key: string, runId: string): Promise<void> {
    const command = new DeleteItemCommand({
      TableName: this.#table,
      Key: { pk: text(key) },
      ConditionExpression: 'runId = :run',
      ExpressionAttributeValues: { ':run': text(runId) },
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
