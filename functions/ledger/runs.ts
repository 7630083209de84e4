import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { RunMessage } from '../queue/runMessage.ts';
import { notTaken, takenFrom } from './runItem.ts';
import type { RunEnd, RunHold, RunWait, TakenRun, TakeTerms } from './runTransitions.ts';
import { shortened } from './shortened.ts';
import { assign, number, text } from './updateExpression.ts';

/** The runs of the ledger: each the work of one trigger for one event, held by one delivery at a time. */
export class Runs {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /**
   * Takes a run for this delivery: a new one, one that waits, or one whose owner's lease has run out.
   *
   * @throws what the AWS SDK throws when the ledger does not answer
   */
  async take(hold: RunHold, message: RunMessage, terms: TakeTerms): Promise<TakenRun> {
    const { assignments, names, values } = assign({
      owner: text(hold.owner),
      leaseUntilMs: number(terms.leaseUntilMs),
      trigger: text(message.trigger),
      source: text(message.source),
      route: text(message.route),
      messageId: text(shortened(message.messageId)),
      userId: text(shortened(message.event.userId)),
      receivedAtMs: number(message.receivedAtMs),
      updatedAtMs: number(terms.nowMs),
      expiresAt: number(terms.expiresAtSeconds),
    });
    const isNew = 'attribute_not_exists(pk)';
    const isFree = '(#state IN (:waiting, :calling) AND #leaseUntilMs <= :updatedAtMs)';
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: keyOf(hold),
      UpdateExpression:
        `SET ${assignments}, #state = if_not_exists(#state, :waiting), ` +
        '#attempts = if_not_exists(#attempts, :none)',
      ConditionExpression: `${isNew} OR ${isFree}`,
      ExpressionAttributeNames: { ...names, '#state': 'state', '#attempts': 'attempts' },
      ExpressionAttributeValues: {
        ...values,
        ':waiting': text('waiting'),
        ':calling': text('calling'),
        ':none': number(0),
      },
      ReturnValues: 'ALL_OLD',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      const { Attributes } = await this.#client.send(command);
      return takenFrom(Attributes ?? {});
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return notTaken(error.Item ?? {}, hold.owner, terms.nowMs);
      }
      throw error;
    }
  }

  /**
   * Notes that Mavera is about to be called, before it is: as long as nothing else is noted, the answer is lost.
   *
   * @param attempts calls made that count, this one included
   * @returns whether the run is still this delivery's
   */
  async markCalling(hold: RunHold, attempts: number, nowMs: number): Promise<boolean> {
    const parts = assign({
      state: text('calling'),
      attempts: number(attempts),
      updatedAtMs: number(nowMs),
      lostCallAtMs: number(nowMs),
    });
    return await this.#updateOwned(hold, {
      update: `SET ${parts.assignments}`,
      condition: 'AND #leaseUntilMs > :updatedAtMs',
      names: { ...parts.names, '#leaseUntilMs': 'leaseUntilMs' },
      values: parts.values,
    });
  }

  /**
   * Lets a run go, to be taken again by its next delivery.
   *
   * @returns whether it was still this delivery's
   */
  async release(hold: RunHold, wait: RunWait): Promise<boolean> {
    const parts = assign({
      state: text('waiting'),
      leaseUntilMs: number(0),
      reason: text(wait.reason),
      attempts: wait.call === undefined ? undefined : number(wait.call.attempts),
      notBeforeMs: number(wait.notBeforeMs),
      updatedAtMs: number(wait.nowMs),
    });
    const isSettled = wait.call !== undefined && !wait.call.answerLost;
    return await this.#updateOwned(hold, {
      update: `SET ${parts.assignments}${isSettled ? ' REMOVE #lostCallAtMs' : ''}`,
      names: { ...parts.names, ...(isSettled ? { '#lostCallAtMs': 'lostCallAtMs' } : {}) },
      values: parts.values,
    });
  }

  /**
   * Records a run's end.
   *
   * @returns whether it was still this delivery's
   */
  async finish(hold: RunHold, end: RunEnd, nowMs: number): Promise<boolean> {
    const parts = assign({
      state: text(end.state),
      leaseUntilMs: number(0),
      reason: text(end.reason ?? 'done'),
      detail: text(end.detail),
      creditsUsed: end.creditsUsed === undefined ? undefined : number(end.creditsUsed),
      result: text(end.result),
      updatedAtMs: number(nowMs),
    });
    return await this.#updateOwned(hold, {
      update: `SET ${parts.assignments}`,
      names: parts.names,
      values: parts.values,
    });
  }

  async #updateOwned(hold: RunHold, owned: OwnedUpdate): Promise<boolean> {
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: keyOf(hold),
      UpdateExpression: owned.update,
      ConditionExpression: `#owner = :owner ${owned.condition ?? ''}`.trim(),
      ExpressionAttributeNames: { ...owned.names, '#owner': 'owner' },
      ExpressionAttributeValues: { ...owned.values, ':owner': text(hold.owner) },
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
}

interface OwnedUpdate {
  readonly update: string;
  readonly condition?: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
}

function keyOf(hold: RunHold): { readonly pk: AttributeValue } {
  return { pk: text(`run#${hold.runId}`) };
}
