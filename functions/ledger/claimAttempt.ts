import {
  type AttributeValue,
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { chunk, mapConcurrently } from '../aws/mapConcurrently.ts';
import {
  type ClaimItem,
  type ClaimOutcome,
  type ClaimVerdict,
  claimOutcome,
  judgeClaim,
} from './claimState.ts';
import { callsAtOnce, statementError, statementsPerCall } from './partiql.ts';

/** Keys that one `BatchGetItem` takes. */
const keysPerRead = 100;

/** Whose claims, since when, and for how long. */
export interface ClaimOptions {
  /** Random, one per request. */
  readonly owner: string;
  readonly nowMs: number;
  readonly leaseUntilMs: number;
  readonly expiresAtSeconds: number;
  /** Ends calls that would answer too late. */
  readonly signal: AbortSignal;
}

const isNew = 'attribute_not_exists(pk)';
const leaseRanOut = '(#state = :claiming AND leaseUntilMs <= :now)';
const outlived = 'expiresAt <= :nowSeconds';

/** One request's attempt at claims; after the first failure of the ledger it asks no further. */
export class ClaimAttempt {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #terms: ClaimOptions;
  readonly #onTrouble: (error: unknown) => void;
  readonly #outcomes = new Map<string, ClaimOutcome>();
  #ledgerIsDown = false;

  constructor(
    client: DynamoDBClient,
    table: string,
    terms: ClaimOptions,
    onTrouble: (error: unknown) => void,
  ) {
    this.#client = client;
    this.#table = table;
    this.#terms = terms;
    this.#onTrouble = onTrouble;
  }

  /** Inserts 25 a call; only those refused are looked at, and only those whose claim is dead are tried again. */
  async claimMany(keys: readonly string[]): Promise<ReadonlyMap<string, ClaimOutcome>> {
    const refused: string[] = [];
    await mapConcurrently(chunk(keys, statementsPerCall), callsAtOnce, async (some) => {
      refused.push(...(await this.#guard(some, () => this.#insert(some))));
    });
    const free: string[] = [];
    await mapConcurrently(chunk(refused, keysPerRead), callsAtOnce, async (some) => {
      free.push(...(await this.#guard(some, () => this.#judge(some))));
    });
    return await this.claimEach(free);
  }

  async claimEach(keys: readonly string[]): Promise<ReadonlyMap<string, ClaimOutcome>> {
    await mapConcurrently(keys, callsAtOnce, (key) =>
      this.#guard([key], async () => {
        this.#outcomes.set(key, await this.#put(key));
        return [];
      }),
    );
    return this.#outcomes;
  }

  /** Keys that the insert left open; all of them `unavailable` when the ledger fails. */
  async #guard(keys: readonly string[], work: () => Promise<readonly string[]>): Promise<readonly string[]> {
    if (!this.#ledgerIsDown) {
      try {
        return await work();
      } catch (error) {
        this.#ledgerIsDown = true;
        this.#onTrouble(error);
      }
    }
    for (const key of keys) {
      this.#outcomes.set(key, 'unavailable');
    }
    return [];
  }

  async #insert(keys: readonly string[]): Promise<readonly string[]> {
    const { owner, leaseUntilMs, expiresAtSeconds } = this.#terms;
    const value = `{'pk': ?, 'state': ?, 'owner': ?, 'leaseUntilMs': ?, 'expiresAt': ?}`;
    const statement = `INSERT INTO "${this.#table}" VALUE ${value}`;
    const rest = [{ S: 'claiming' }, { S: owner }, { N: `${leaseUntilMs}` }, { N: `${expiresAtSeconds}` }];
    const command = new BatchExecuteStatementCommand({
      Statements: keys.map((key) => ({ Statement: statement, Parameters: [{ S: key }, ...rest] })),
    });
    const { Responses = [] } = await this.#client.send(command, { abortSignal: this.#terms.signal });
    return keys.filter((key, index) => {
      const response = Responses[index];
      if (response !== undefined && response.Error === undefined) {
        this.#outcomes.set(key, 'claimed');
        return false;
      }
      if (response?.Error?.Code === 'DuplicateItem') {
        return true;
      }
      this.#outcomes.set(key, 'unavailable');
      this.#onTrouble(statementError(response));
      return false;
    });
  }

  /** Reads the claims that refused ours. @returns the keys that can be had all the same */
  async #judge(keys: readonly string[]): Promise<readonly string[]> {
    const request = { Keys: keys.map((key) => ({ pk: { S: key } })), ConsistentRead: true };
    const command = new BatchGetItemCommand({ RequestItems: { [this.#table]: request } });
    const { Responses } = await this.#client.send(command, { abortSignal: this.#terms.signal });
    const found = new Map((Responses?.[this.#table] ?? []).map((item) => [item.pk?.S, item]));
    return keys.filter((key) => {
      const item = found.get(key);
      const verdict = item === undefined ? 'free' : this.#verdict(item);
      if (verdict === 'free') {
        return true;
      }
      this.#outcomes.set(key, claimOutcome(verdict));
      return false;
    });
  }

  async #put(key: string): Promise<ClaimOutcome> {
    const { owner, nowMs, leaseUntilMs, expiresAtSeconds } = this.#terms;
    const command = new PutItemCommand({
      TableName: this.#table,
      Item: {
        pk: { S: key },
        state: { S: 'claiming' },
        owner: { S: owner },
        leaseUntilMs: { N: `${leaseUntilMs}` },
        expiresAt: { N: `${expiresAtSeconds}` },
      },
      ConditionExpression: `${isNew} OR ${leaseRanOut} OR ${outlived}`,
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':claiming': { S: 'claiming' },
        ':now': { N: `${nowMs}` },
        ':nowSeconds': { N: `${Math.floor(nowMs / 1000)}` },
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await this.#client.send(command, { abortSignal: this.#terms.signal });
      return 'claimed';
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) {
        throw error;
      }
      // Without the other claim to judge, somebody may be at it: the retry will tell.
      return error.Item === undefined ? 'busy' : claimOutcome(this.#verdict(error.Item));
    }
  }

  #verdict(item: Record<string, AttributeValue>): ClaimVerdict {
    return judgeClaim(claimItem(item), this.#terms.owner, this.#terms.nowMs);
  }
}

function claimItem(item: Record<string, AttributeValue>): ClaimItem {
  return {
    state: item.state?.S === 'queued' ? 'queued' : 'claiming',
    owner: item.owner?.S ?? '',
    leaseUntilMs: Number(item.leaseUntilMs?.N ?? 0),
    expiresAtSeconds: Number(item.expiresAt?.N ?? 0),
  };
}
