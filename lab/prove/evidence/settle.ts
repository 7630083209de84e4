import { setTimeout as sleep } from 'node:timers/promises';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { LocalSystem } from '../../../local/system.ts';
import { sum } from '../../statistics.ts';
import { type Activity, describeActivity, type OpenItem } from './activity.ts';
import { type Patience, verdictOn, type Watching, watched } from './patience.ts';
import { keyOf, type LedgerItem, scanLedger } from './scanLedger.ts';

/** How the wait for the end of all work ended. */
export type Settled =
  | { readonly isOver: true }
  | {
      readonly isOver: false;
      /** What is left, for people. */
      readonly waitsFor: string;
      /** The runs and claims that are not at their end, by their keys. */
      readonly open: ReadonlyMap<string, OpenItem>;
    };

const lookEveryMs = 250;
/** How often the ledger is scanned while there are messages: a scan of a large one takes its time. */
const scanEveryMs = 5_000;
const tellEveryMs = 30_000;
const endedStates: ReadonlySet<string> = new Set(['done', 'failed', 'skipped', 'queued', 'released']);

/**
 * Waits until nothing is left to do; longer on a slow machine, see `Patience`.
 *
 * @param progress gets a line now and then about what is left
 */
export async function settle(
  system: LocalSystem,
  patience: Patience,
  progress: (line: string) => void,
): Promise<Settled> {
  let watching: Watching | undefined;
  let toldAtMs = Date.now();
  const look = observer(system);
  for (;;) {
    watching = watched(watching, await look());
    const { last } = watching;
    switch (verdictOn(watching, patience)) {
      case 'over':
        return { isOver: true };
      case 'not finished':
        return {
          isOver: false,
          waitsFor: describeActivity(last),
          open: new Map(last.open.map((item) => [item.key, item])),
        };
      case 'wait':
        if (last.atMs - toldAtMs > tellEveryMs) {
          toldAtMs = last.atMs;
          progress(`waiting for ${describeActivity(last)}`);
        }
        await sleep(lookEveryMs);
    }
  }
}

/**
 * Looks at a system. The queues are read between two looks at the functions, so that no work slips by unseen. A run that the
 * dispatcher sends is in a queue before it is not parked any more. So the queues are read again after the ledger.
 */
function observer(system: LocalSystem): () => Promise<Activity> {
  // The dispatcher works on nothing that is not parked or in a queue.
  const pools = [system.receiver, system.runner];
  const invocationsOf = (): number => sum(pools.map((pool) => pool.invocations));
  let unfinished: Unfinished = { open: [], parked: 0 };
  let scannedAtMs = 0;
  return async () => {
    const before = invocationsOf();
    let messages = await countRuns(system);
    const busy = sum(pools.map((pool) => pool.busy)) + invocationsOf() - before;
    const isIdle = busy + sum(Object.values(messages)) === 0;
    if (isIdle || Date.now() - scannedAtMs > scanEveryMs) {
      unfinished = await readUnfinished(system);
      scannedAtMs = Date.now();
      messages = isIdle ? await countRuns(system) : messages;
    }
    const invocations = invocationsOf();
    // An invocation that began during the scan may have changed the ledger since.
    return {
      atMs: Date.now(),
      messages,
      busy: busy + (isIdle ? invocations - before : 0),
      invocations,
      ...unfinished,
    };
  };
}

/** What the queues of runs hold together. */
async function countRuns(system: LocalSystem): Promise<Activity['messages']> {
  const { runQueueUrl, bulkQueueUrl, readyQueueUrl } = system.resources;
  const counts = await Promise.all(
    [runQueueUrl, bulkQueueUrl, readyQueueUrl].flatMap((url) =>
      url === undefined ? [] : [countMessages(system, url)],
    ),
  );
  return {
    visible: sum(counts.map(({ visible }) => visible)),
    delayed: sum(counts.map(({ delayed }) => delayed)),
    inFlight: sum(counts.map(({ inFlight }) => inFlight)),
  };
}

/** What a queue holds. */
export async function countMessages(
  { clients }: LocalSystem,
  QueueUrl: string,
): Promise<Activity['messages']> {
  const names = {
    visible: 'ApproximateNumberOfMessages',
    delayed: 'ApproximateNumberOfMessagesDelayed',
    inFlight: 'ApproximateNumberOfMessagesNotVisible',
  } as const;
  const { Attributes } = await clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: Object.values(names) }),
  );
  const count = (name: keyof typeof names): number => Number(Attributes?.[names[name]]);
  return { visible: count('visible'), delayed: count('delayed'), inFlight: count('inFlight') };
}

/** What the ledger has that is not at its end. */
type Unfinished = Pick<Activity, 'open' | 'parked'>;

async function readUnfinished({ clients, resources }: LocalSystem): Promise<Unfinished> {
  const attributes = ['pk', 'state', 'reason', 'updatedAtMs', 'leaseUntilMs', 'notBeforeMs'];
  const items = await scanLedger(clients.dynamodb, resources.tableName, attributes);
  return {
    open: items.flatMap((item) => openItem(item) ?? []).toSorted((a, b) => a.key.localeCompare(b.key)),
    parked: items.filter((item) => keyOf(item).startsWith('parked#')).length,
  };
}

/** @returns `undefined` for an item that is at its end, or neither a run nor a claim */
export function openItem(item: LedgerItem): OpenItem | undefined {
  const key = keyOf(item);
  const state = item.state?.S ?? '';
  return /^(?:run|claim)#/.test(key) && !endedStates.has(state)
    ? {
        key,
        state,
        reason: item.reason?.S,
        updatedAtMs: numberOf(item.updatedAtMs),
        leaseUntilMs: numberOf(item.leaseUntilMs),
        notBeforeMs: numberOf(item.notBeforeMs),
      }
    : undefined;
}

function numberOf(attribute: AttributeValue | undefined): number {
  return Number(attribute?.N ?? 0);
}
