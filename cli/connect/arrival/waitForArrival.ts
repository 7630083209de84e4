import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { claimKey, messageKey } from '../../../functions/ledger/keys.ts';
import type { SourceName } from '../../../functions/sources/source.ts';
import type { ConnectTarget } from '../target/connectTarget.ts';

/** What to wait for, and how. */
export interface ArrivalOptions {
  readonly routes: readonly string[];
  /** Whether the event has arrived by a route, that is, whether the receiver has verified and claimed it. */
  readonly hasArrived: (route: string) => Promise<boolean>;
  readonly waitMs: number;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Called from time to time with the routes that are still missing. */
  readonly onProgress: (missing: readonly string[], elapsedMs: number) => void | Promise<void>;
}

const pollEveryMs = 1_000;
const progressEveryMs = 10_000;

/**
 * Waits until an event has arrived by each route.
 *
 * @returns route → milliseconds until it arrived; without the routes by which it did not
 */
export async function waitForArrival({
  routes,
  hasArrived,
  waitMs,
  now,
  sleep,
  onProgress,
}: ArrivalOptions): Promise<ReadonlyMap<string, number>> {
  const startedAtMs = now();
  const arrived = new Map<string, number>();
  let toldAtMs = startedAtMs;
  for (;;) {
    for (const route of routes.filter((one) => !arrived.has(one))) {
      if (await hasArrived(route)) {
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
      await onProgress(missing, elapsedMs);
    }
    await sleep(pollEveryMs);
  }
}

/** The key of the claim on an event by its message id. */
export function claimKeyOf(source: SourceName, route: string, messageId: string): string {
  const identity = { source, route, messageId, element: undefined };
  return claimKey(identity, messageKey(identity));
}

/** Whether an event of Segment has been claimed. */
export async function hasClaim(
  { dynamodb, tableName }: ConnectTarget,
  route: string,
  messageId: string,
): Promise<boolean> {
  const { Item } = await dynamodb.send(
    new GetItemCommand({
      TableName: tableName,
      Key: { pk: { S: claimKeyOf('segment', route, messageId) } },
      ConsistentRead: true,
      ProjectionExpression: 'pk',
    }),
  );
  return Item !== undefined;
}
