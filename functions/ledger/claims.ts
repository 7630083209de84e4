import {
  BatchExecuteStatementCommand,
  type BatchStatementRequest,
  type BatchStatementResponse,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { chunk, mapConcurrently } from '../aws/mapConcurrently.ts';
import { ClaimAttempt, type ClaimOptions } from './claimAttempt.ts';
import type { ClaimOutcome } from './claimState.ts';
import { callsAtOnce, statementError, statementsPerCall } from './partiql.ts';

const ownerIsMe = '#owner = :me';

/**
 * The claims of the ledger: who is queueing an event, and which events are queued already.
 * Many claims cost a call per 25 (PartiQL, each statement succeeding or failing by itself), one claim costs one
 * conditional put whose failure brings the other claim back with it.
 */
export class Claims {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #onTrouble: (error: unknown) => void;

  /** @param onTrouble told of each failure of the ledger that was turned into an outcome */
  constructor(client: DynamoDBClient, table: string, onTrouble: (error: unknown) => void) {
    this.#client = client;
    this.#table = table;
    this.#onTrouble = onTrouble;
  }

  /** Claims each key, all different. Never rejects: what cannot be known is `unavailable`. */
  async claim(keys: readonly string[], terms: ClaimOptions): Promise<ReadonlyMap<string, ClaimOutcome>> {
    const attempt = new ClaimAttempt(this.#client, this.#table, terms, this.#onTrouble);
    return keys.length === 1 ? await attempt.claimEach(keys) : await attempt.claimMany(keys);
  }

  /**
   * Notes that all runs of these events are in the queue, where the claim is still the owner's.
   * Never rejects: an unmarked claim runs out, and the runner knows the runs again.
   */
  async markQueued(keys: readonly string[], terms: ClaimOptions): Promise<void> {
    const [key] = keys;
    if (keys.length === 1 && key !== undefined) {
      await this.#ownedWrite(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: { pk: { S: key } },
          UpdateExpression: 'SET #state = :queued',
          ConditionExpression: ownerIsMe,
          ExpressionAttributeNames: { '#state': 'state', '#owner': 'owner' },
          ExpressionAttributeValues: { ':queued': { S: 'queued' }, ':me': { S: terms.owner } },
        }),
        terms.signal,
      );
      return;
    }
    const statement = `UPDATE "${this.#table}" SET "state"=? WHERE "pk"=? AND "owner"=?`;
    await this.#ownedStatements(keys, terms, (key) => ({
      Statement: statement,
      Parameters: [{ S: 'queued' }, { S: key }, { S: terms.owner }],
    }));
  }

  /** Gives up the owner's claims, so that a retry need not wait for the lease. Never rejects. */
  async release(keys: readonly string[], terms: ClaimOptions): Promise<void> {
    const [key] = keys;
    if (keys.length === 1 && key !== undefined) {
      await this.#ownedWrite(
        new DeleteItemCommand({
          TableName: this.#table,
          Key: { pk: { S: key } },
          ConditionExpression: ownerIsMe,
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':me': { S: terms.owner } },
        }),
        terms.signal,
      );
      return;
    }
    const statement = `DELETE FROM "${this.#table}" WHERE "pk"=? AND "owner"=?`;
    await this.#ownedStatements(keys, terms, (key) => ({
      Statement: statement,
      Parameters: [{ S: key }, { S: terms.owner }],
    }));
  }

  async #ownedWrite(command: UpdateItemCommand | DeleteItemCommand, signal: AbortSignal): Promise<void> {
    try {
      await this.#client.send(command as UpdateItemCommand, { abortSignal: signal });
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) {
        this.#onTrouble(error);
      }
    }
  }

  async #ownedStatements(
    keys: readonly string[],
    terms: ClaimOptions,
    statementFor: (key: string) => BatchStatementRequest,
  ): Promise<void> {
    await mapConcurrently(chunk(keys, statementsPerCall), callsAtOnce, async (some) => {
      try {
        const command = new BatchExecuteStatementCommand({ Statements: some.map(statementFor) });
        const { Responses = [] } = await this.#client.send(command, { abortSignal: terms.signal });
        for (const response of Responses.filter(hasTrouble)) {
          this.#onTrouble(statementError(response));
        }
      } catch (error) {
        this.#onTrouble(error);
      }
    });
  }
}

/** Not the owner's any more is no trouble: somebody took over after the lease. */
function hasTrouble(response: BatchStatementResponse): boolean {
  return response.Error !== undefined && response.Error.Code !== 'ConditionalCheckFailed';
}
