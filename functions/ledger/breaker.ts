import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type BreakerState, breakerKey, openForMs } from './breakerState.ts';
import { number, text } from './updateExpression.ts';

/** The breaker in front of Mavera, one for all environments. */
export class Breaker {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /**
   * Opens it: while it is closed, by any call that fails; while it is half open, by the run that probes. Other calls that
   * were under way when it opened say nothing new.
   *
   * @param probe the run that has failed, if it probes
   * @returns whether this call has opened it
   */
  async open(
    reason: string,
    { opens }: BreakerState,
    nowMs: number,
    probe: string | undefined,
  ): Promise<boolean> {
    return await this.#update({
      UpdateExpression:
        'SET openUntilMs = :until, opens = :opens, openedAtMs = if_not_exists(openedAtMs, :now), ' +
        '#reason = :reason, failures = :none REMOVE #probe, probeUntilMs',
      ConditionExpression: probe === undefined ? 'attribute_not_exists(openUntilMs)' : '#probe = :run',
      ExpressionAttributeNames: { '#reason': 'reason', '#probe': 'probe' },
      ExpressionAttributeValues: {
        ':until': number(nowMs + openForMs(opens)),
        ':opens': number(opens + 1),
        ':now': number(nowMs),
        ':reason': text(reason),
        ':none': number(0),
        ...(probe === undefined ? {} : { ':run': text(probe) }),
      },
    });
  }

  /** Counts a failure. @returns how many in a row there are now */
  async countFailure(): Promise<number> {
    const { Attributes } = await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: { pk: text(breakerKey) },
        UpdateExpression: 'ADD failures :one',
        ExpressionAttributeValues: { ':one': number(1) },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    return Number(Attributes?.failures?.N ?? 0);
  }

  /** @returns whether this run is the one that probes */
  async probe(runId: string, nowMs: number, untilMs: number): Promise<boolean> {
    return await this.#update({
      UpdateExpression: 'SET #probe = :run, probeUntilMs = :until',
      ConditionExpression:
        'openUntilMs <= :now AND (attribute_not_exists(#probe) OR #probe = :run OR probeUntilMs <= :now)',
      ExpressionAttributeNames: { '#probe': 'probe' },
      ExpressionAttributeValues: { ':run': text(runId), ':until': number(untilMs), ':now': number(nowMs) },
    });
  }

  /** Lets another run probe, since this one could not tell. */
  async endProbe(runId: string): Promise<void> {
    await this.#update({
      UpdateExpression: 'REMOVE #probe, probeUntilMs',
      ConditionExpression: '#probe = :run',
      ExpressionAttributeNames: { '#probe': 'probe' },
      ExpressionAttributeValues: { ':run': text(runId) },
    });
  }

  /** Closes it: the run that probed has been answered. */
  async close(runId: string): Promise<boolean> {
    return await this.#update({
      UpdateExpression:
        'SET failures = :none REMOVE openUntilMs, openedAtMs, opens, #reason, #probe, probeUntilMs',
      ConditionExpression: '#probe = :run',
      ExpressionAttributeNames: { '#reason': 'reason', '#probe': 'probe' },
      ExpressionAttributeValues: { ':run': text(runId), ':none': number(0) },
    });
  }

  /** Forgets the failures before this success, while it is closed. */
  async forgetFailures(): Promise<void> {
    await this.#update({
      UpdateExpression: 'SET failures = :none',
      ConditionExpression: 'attribute_not_exists(openUntilMs)',
      ExpressionAttributeValues: { ':none': number(0) },
    });
  }

  async #update(update: BreakerUpdate): Promise<boolean> {
    try {
      await this.#client.send(
        new UpdateItemCommand({ TableName: this.#table, Key: { pk: text(breakerKey) }, ...update }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return false;
      }
      throw error;
    }
  }
}

interface BreakerUpdate {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, AttributeValue>;
}
