import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type BreakerState, breakerKey, readBreaker } from './breakerState.ts';
import { capKey, holdersAt } from './caps.ts';
import { type OperatorSettings, operatorSettingsKey, readOperatorSettings } from './operatorSettings.ts';
import { heldUntilMs, paceKey } from './pace.ts';
import { type KnownUsage, readUsage, usageKey } from './usage.ts';

/** What all environments share and a run has to go by, as it was when the run was taken. */
export interface SharedState {
  readonly operator: OperatorSettings;
  readonly breaker: BreakerState;
  /** `undefined`: nobody has looked yet. */
  readonly usage: KnownUsage | undefined;
  /** Until when Mavera has asked everybody to wait; 0 when it has not. */
  readonly paceHeldUntilMs: number;
  /** Other runs whose calls of the same kind are under way. */
  readonly callsUnderWay: number;
  /** Credits spent or reserved, by the keys of the budgets that were asked for. */
  readonly committedCredits: ReadonlyMap<string, number>;
}

/** What a run asks about. */
export interface SharedStateOptions {
  /** The kind of action whose calls are counted, without those of `runId`. */
  readonly action: string;
  readonly runId: string;
  readonly budgetKeys: readonly string[];
  readonly nowMs: number;
}

/**
 * Reads the situation, in one call.
 *
 * @throws what the AWS SDK throws when the ledger does not answer
 */
export async function readSharedState(
  client: DynamoDBClient,
  table: string,
  { action, runId, budgetKeys, nowMs }: SharedStateOptions,
): Promise<SharedState> {
  const keys = [operatorSettingsKey, breakerKey, usageKey, paceKey, capKey(action), ...budgetKeys];
  const items = await readItems(client, table, keys);
  return {
    operator: readOperatorSettings(items.get(operatorSettingsKey)),
    breaker: readBreaker(items.get(breakerKey)),
    usage: readUsage(items.get(usageKey)),
    paceHeldUntilMs: heldUntilMs(items.get(paceKey)),
    callsUnderWay: holdersAt(items.get(capKey(action)), runId, nowMs),
    committedCredits: new Map(
      budgetKeys.map((key) => [key, Number(items.get(key)?.committedCredits?.N ?? 0)]),
    ),
  };
}

/**
 * Reads items by their keys, 100 a call, however often DynamoDB leaves some of them out.
 *
 * @throws what the AWS SDK throws when the ledger does not answer, Error when it keeps leaving items out
 */
export async function readItems(
  client: DynamoDBClient,
  table: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Readonly<Record<string, AttributeValue>>>> {
  const items = new Map<string, Readonly<Record<string, AttributeValue>>>();
  let missing = keys.map((pk) => ({ pk: { S: pk } }) as Record<string, AttributeValue>);
  for (let calls = 0; missing.length > 0; calls += 1) {
    if (calls > keys.length + 10) {
      throw new Error(`The ledger left out ${missing.length} of ${keys.length} items`);
    }
    const request = { Keys: missing.slice(0, 100), ConsistentRead: true };
    const command = new BatchGetItemCommand({ RequestItems: { [table]: request } });
    const { Responses, UnprocessedKeys } = await client.send(command);
    for (const item of Responses?.[table] ?? []) {
      items.set(item.pk?.S ?? '', item);
    }
    missing = [...missing.slice(100), ...(UnprocessedKeys?.[table]?.Keys ?? [])];
  }
  return items;
}
