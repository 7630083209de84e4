import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { claimKey, messageKey } from '../../../functions/ledger/keys.ts';
import type { ConnectTarget } from '../target/connectTarget.ts';

/** What to wait for, and how. */
export interface ArrivalOptions {
  readonly messageId: string;
  readonly routes: readonly string[];
  readonly waitMs: number;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Called from time to time with the routes that are still missing. */
  readonly onProgress: (missing: readonly string[], elapsedMs: number) => void;
}

const pollEveryMs = 1_000;
const progressEveryMs = 10_000;

/**
 * Waits until an event has arrived by each route, that is, until the receiver has verified and claimed it.
 *
 * @returns route → milliseconds until it arrived; without the routes by which it did not
 */
export async function waitForArrival(
  target: ConnectTarget,
  { messageId, routes, waitMs, now, sleep, onProgress }: ArrivalOptions,
): Promise<ReadonlyMap<string, number>> {
  const startedAtMs = now();
  const arrived = new Map<string, number>();
  let toldAtMs = startedAtMs;
  for (;;) {
    for (const route of routes.filter((one) => !arrived.has(one))) {
      if (await hasClaim(target, route, messageId)) {
        arrived.set(route, now() - startedAtMs);
      }
    }
    const missing = routes.filter((one) => !arrived.has(one));
    const elapsedMs = now() - startedAtMs;
    if (missing.length === 0 || elapsedMs >= waitMs) {
      return arrived;
    }
    if (now() - toldAtMs >= progressEveryMs) {
      toldAtMs = now();
      onProgress(missing, elapsedMs);
    }
    await sleep(pollEveryMs);
  }
}

async function hasClaim(
  { dynamodb, tableName }: ConnectTarget,
  route: string,
  messageId: string,
): Promise<boolean> {
  const identity = { source: 'segment', route, messageId, element: undefined } as const;
  const pk = claimKey(identity, messageKey(identity));
  const { Item } = await dynamodb.send(
    new GetItemCommand({
      TableName: tableName,
      Key: { pk: { S: pk } },
      ConsistentRead: true,
      ProjectionExpression: 'pk',
    }),
  );
  return Item !== undefined;
}
