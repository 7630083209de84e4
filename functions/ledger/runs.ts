import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type Update,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { RunMessage } from '../queue/runMessage.ts';
import { settlementWrites } from './budgets.ts';
import { ownedUpdate } from './ownedUpdate.ts';
import type { HistoryEntry } from './runHistory.ts';
import { type FoundEnd, foundEnd, notTaken, soFar } from './runItem.ts';
import { detailsKey, runKey } from './runKeys.ts';
import type { EndOptions, RunEnd, RunLease, RunWait, TakenRun, TakeOptions } from './runTransitions.ts';
import { shortened } from './shortened.ts';
import { shortenedJson } from './shortenedJson.ts';
import { transact } from './transact.ts';
import { assign, number, text } from './updateExpression.ts';

/** An item takes 400 KB in all. */
const maxEventsBytes = 200_000;
const maxRequestBytes = 100_000;

/** What people look at of a run. */
export interface RunDetails {
  readonly events: readonly unknown[];
  /** Absent when it could not be built. */
  readonly request?: Readonly<Record<string, unknown>> | undefined;
}

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
  async take(lease: RunLease, message: RunMessage, terms: TakeOptions): Promise<TakenRun> {
    const { assignments, names, values } = assign({
      owner: text(lease.owner),
      leaseUntilMs: number(terms.leaseUntilMs),
      trigger: text(message.trigger),
      source: text(message.source),
      route: text(message.route),
      messageId: text(shortened(message.messageId)),
      userId: text(shortened(message.event.userId)),
      day: text(new Date(message.receivedAtMs).toISOString().slice(0, 10)),
      receivedAtMs: number(message.receivedAtMs),
      deadlineAtMs: number(message.deadlineAtMs),
      updatedAtMs: number(terms.nowMs),
      expiresAt: number(terms.expiresAtSeconds),
    });
    const isNew = 'attribute_not_exists(pk)';
    const isFree = '(#state IN (:waiting, :calling) AND #leaseUntilMs <= :updatedAtMs)';
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: { ...runKey(lease.runId) },
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
      return { kind: 'taken', ...soFar(Attributes ?? {}) };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return notTaken(error.Item ?? {}, lease.owner, terms.nowMs);
      }
      throw error;
    }
  }

  /**
   * Makes a finished run wait again, once for each nonce.
   *
   * @returns whether it was finished, and not yet made again for this nonce
   */
  async redrive(runId: string, nonce: string, nowMs: number): Promise<boolean> {
    const { assignments, names, values } = assign({
      state: text('waiting'),
      attempts: number(0),
      leaseUntilMs: number(0),
      notBeforeMs: number(0),
      updatedAtMs: number(nowMs),
      redrive: text(nonce),
    });
    const gone = ['detail', 'result', 'creditsUsed', 'pending', 'pendingSinceMs', 'segmentReport'];
    return await this.#write({
      TableName: this.#table,
      Key: { ...runKey(runId) },
      UpdateExpression: `SET ${assignments} REMOVE ${gone.map((name) => `#${name}`).join(', ')}`,
      ConditionExpression:
        '#state IN (:done, :failed, :skipped) AND (attribute_not_exists(#redrive) OR #redrive <> :redrive)',
      ExpressionAttributeNames: { ...names, ...Object.fromEntries(gone.map((name) => [`#${name}`, name])) },
      ExpressionAttributeValues: {
        ...values,
        ':done': text('done'),
        ':failed': text('failed'),
        ':skipped': text('skipped'),
      },
    });
  }

  /** Keeps what people look at, beside the record, so that no later write of the record has to pay for it. */
  async keepDetails(runId: string, { events, request }: RunDetails, expiresAtSeconds: number): Promise<void> {
    await this.#client.send(
      new PutItemCommand({
        TableName: this.#table,
        Item: {
          ...detailsKey(runId),
          events: text(shortenedJson(events, maxEventsBytes)),
          ...(request === undefined ? {} : { request: text(shortenedJson(request, maxRequestBytes)) }),
          expiresAt: number(expiresAtSeconds),
        },
      }),
    );
  }

  /**
   * Notes that Mavera is about to be called, before it is: as long as nothing else is noted, the answer is lost.
   *
   * @param attempts calls made that count, this one included
   * @param startsAtMs when the call is to start, by which a lost answer is looked for
   * @returns whether the run is still this delivery's
   */
  async markCalling(
    lease: RunLease,
    attempts: number,
    nowMs: number,
    history: readonly HistoryEntry[],
    startsAtMs: number = nowMs,
  ): Promise<boolean> {
    const set = assign({
      state: text('calling'),
      attempts: number(attempts),
      updatedAtMs: number(nowMs),
      lostCallAtMs: number(startsAtMs),
      history: text(JSON.stringify(history)),
    });
    return await this.#write(
      ownedUpdate(this.#table, lease, {
        set,
        condition: '#leaseUntilMs > :updatedAtMs',
        names: { '#leaseUntilMs': 'leaseUntilMs' },
      }),
    );
  }

  /**
   * Lets a run go, to be taken again by its next delivery.
   *
   * @returns whether it was still this delivery's
   */
  async release(lease: RunLease, wait: RunWait): Promise<boolean> {
    const { call, pendingId } = wait;
    const set = assign({
      state: text('waiting'),
      leaseUntilMs: number(0),
      reason: text(wait.reason),
      attempts: call === undefined ? undefined : number(call.attempts),
      notBeforeMs: number(wait.notBeforeMs),
      updatedAtMs: number(wait.nowMs),
      pending: text(pendingId),
      pendingSinceMs: pendingId === undefined ? undefined : number(wait.nowMs),
      detailsKept: number(wait.detailsKept),
      history: text(JSON.stringify(wait.history)),
    });
    const isSettled = call !== undefined && !call.answerLost;
    return await this.#write(
      ownedUpdate(this.#table, lease, { set, remove: isSettled ? ['lostCallAtMs'] : [] }),
    );
  }

  /**
   * Records a run's end, and settles what it had reserved, both or neither.
   *
   * @returns whether it was still this delivery's
   */
  async finish(lease: RunLease, end: RunEnd, terms: EndOptions): Promise<boolean> {
    const { nowMs, history, settlement, answerLost } = terms;
    const set = assign({
      state: text(end.state),
      leaseUntilMs: number(0),
      reason: text(end.reason ?? 'done'),
      detail: text(end.detail),
      creditsUsed: end.creditsUsed === undefined ? undefined : number(end.creditsUsed),
      result: text(end.result),
      updatedAtMs: number(nowMs),
      history: text(JSON.stringify(history)),
    });
    const remove = [
      'pending',
      'pendingSinceMs',
      ...(answerLost ? [] : ['lostCallAtMs']),
      ...(settlement === undefined ? [] : ['creditsReserved', 'budgets']),
    ];
    // Settled once: what is not reserved (any more) cannot be spent.
    const condition = settlement === undefined ? {} : { condition: 'attribute_exists(#creditsReserved)' };
    const update = ownedUpdate(this.#table, lease, { set, remove, ...condition });
    if (settlement === undefined) {
      return await this.#write(update);
    }
    const { creditReservation, creditsSpent } = settlement;
    const outcome = await transact(this.#client, [
      { Update: update },
      ...settlementWrites(this.#table, creditReservation, creditsSpent),
    ]);
    return outcome.kind === 'written';
  }

  /** How a run has ended; `undefined` when there is no record of it. */
  async readEnd(runId: string): Promise<FoundEnd | undefined> {
    const command = new GetItemCommand({
      TableName: this.#table,
      Key: { ...runKey(runId) },
      ConsistentRead: true,
    });
    const { Item } = await this.#client.send(command);
    return Item === undefined ? undefined : foundEnd(Item);
  }

  /** Notes what became of the report of a finished run to Segment. */
  async noteReport(runId: string, outcome: 'sent' | 'failed', nowMs: number): Promise<void> {
    const { assignments, names, values } = assign({
      segmentReport: text(outcome),
      reportedAtMs: number(nowMs),
    });
    await this.#write({
      TableName: this.#table,
      Key: { ...runKey(runId) },
      UpdateExpression: `SET ${assignments}`,
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { ...names },
      ExpressionAttributeValues: { ...values },
    });
  }

  /** @returns whether the condition held */
  async #write(update: Update): Promise<boolean> {
    try {
      await this.#client.send(new UpdateItemCommand(update));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return false;
      }
      throw error;
    }
  }
}
