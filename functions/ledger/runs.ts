import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { RunMessage } from '../queue/runMessage.ts';
import { judgeRun, type RunRecord, toRunState } from './runRecord.ts';
import { assign, number, text } from './updateExpression.ts';

/** One delivery's hold on a run. */
export interface RunHold {
  readonly runId: string;
  /** Random, one per delivery. */
  readonly owner: string;
}

/** On what terms a run is taken. */
export interface TakeTerms {
  readonly nowMs: number;
  readonly leaseUntilMs: number;
  /** When the record may be deleted; the table's TTL attribute. */
  readonly expiresAtSeconds: number;
}

/** What taking a run came to. */
export type TakenRun =
  | {
      readonly kind: 'taken';
      readonly attempts: number;
      /** Start of a call whose answer did not arrive, in epoch milliseconds: the work may be done. */
      readonly lostCallAtMs?: number | undefined;
    }
  | { readonly kind: 'finished'; readonly end: RunEnd; readonly finishedAtMs: number }
  | { readonly kind: 'busy'; readonly leaseUntilMs: number };

/** How an announced call ended, for a run that has to wait. */
export interface EndedCall {
  /** Whether it counts against the limit of attempts. */
  readonly counts: boolean;
  /** Whether it is not known if it did its work. */
  readonly answerLost: boolean;
}

/** Why and until when a run waits. */
export interface RunWait {
  readonly nowMs: number;
  readonly notBeforeMs: number;
  /** One of a few words, e.g. `pace`. */
  readonly reason: string;
  /** How the call ended that {@link Runs.markCalling} announced; absent when none was announced. */
  readonly call?: EndedCall | undefined;
}

/** A run's end. */
export interface RunEnd {
  readonly state: 'done' | 'failed' | 'skipped';
  /** One of a few words, e.g. `request_refused`; for what is not `done`. */
  readonly reason?: string | undefined;
  /** A sentence for people; may hold what the customer's event held. */
  readonly detail?: string | undefined;
  readonly creditsUsed?: number | undefined;
  /** JSON. */
  readonly result?: string | undefined;
}

type Item = Readonly<Record<string, AttributeValue>>;

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
      messageId: text(message.messageId),
      userId: text(message.event.userId),
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
        return refused(error.Item ?? {}, hold.owner, terms.nowMs);
      }
      throw error;
    }
  }

  /**
   * Notes that Mavera is about to be called, before it is: as long as nothing else is noted, the answer is lost.
   *
   * @returns whether the run is still this delivery's
   */
  async markCalling(hold: RunHold, nowMs: number): Promise<boolean> {
    const parts = assign({
      state: text('calling'),
      updatedAtMs: number(nowMs),
      lostCallAtMs: number(nowMs),
    });
    return await this.#updateOwned(hold, {
      update: `SET ${parts.assignments}, #attempts = #attempts + :one`,
      condition: 'AND #leaseUntilMs > :updatedAtMs',
      names: { ...parts.names, '#attempts': 'attempts', '#leaseUntilMs': 'leaseUntilMs' },
      values: { ...parts.values, ':one': number(1) },
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
      notBeforeMs: number(wait.notBeforeMs),
      updatedAtMs: number(wait.nowMs),
    });
    const isSettled = wait.call !== undefined && !wait.call.answerLost;
    return await this.#updateOwned(hold, {
      update:
        `SET ${parts.assignments}, #attempts = #attempts - :uncounted` +
        (isSettled ? ' REMOVE #lostCallAtMs' : ''),
      names: {
        ...parts.names,
        '#attempts': 'attempts',
        ...(isSettled ? { '#lostCallAtMs': 'lostCallAtMs' } : {}),
      },
      values: { ...parts.values, ':uncounted': number(wait.call?.counts === false ? 1 : 0) },
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

function refused(item: Item, owner: string, nowMs: number): TakenRun {
  const found = runRecord(item);
  switch (judgeRun(found, owner, nowMs)) {
    case 'mine':
      return takenFrom(item);
    case 'finished':
      return { kind: 'finished', end: runEnd(item), finishedAtMs: Number(item.updatedAtMs?.N ?? 0) };
    default:
      return { kind: 'busy', leaseUntilMs: found.leaseUntilMs };
  }
}

function takenFrom(item: Item): TakenRun {
  const { attempts, lostCallAtMs } = item;
  return {
    kind: 'taken',
    attempts: Number(attempts?.N ?? 0),
    lostCallAtMs: lostCallAtMs?.N === undefined ? undefined : Number(lostCallAtMs.N),
  };
}

function runEnd(item: Item): RunEnd {
  const state = item.state?.S;
  return {
    state: state === 'done' || state === 'skipped' ? state : 'failed',
    reason: item.reason?.S,
    detail: item.detail?.S,
    creditsUsed: item.creditsUsed?.N === undefined ? undefined : Number(item.creditsUsed.N),
    result: item.result?.S,
  };
}

function runRecord(item: Item): RunRecord {
  return {
    state: toRunState(item.state?.S),
    owner: item.owner?.S ?? '',
    leaseUntilMs: Number(item.leaseUntilMs?.N ?? 0),
  };
}
