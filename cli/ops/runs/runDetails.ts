import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { readCounters, sortedTally } from '../../../functions/ledger/counters.ts';
import { type LedgerItem, LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import type { ParkedRun } from '../../../functions/ledger/parkedItem.ts';
import { type HistoryEntry, readHistory } from '../../../functions/ledger/runItem.ts';
import { runKey } from '../../../functions/ledger/runLease.ts';
import { sourceNames } from '../../../functions/sources/source.ts';
import type { Tally } from '../../../functions/triggers/trigger.ts';
import type { Ledger } from '../deployment/deployment.ts';
import { plainItem } from '../ledger/plainItem.ts';

const runItemSchema = z.object({
  state: z.string().default('?'),
  trigger: z.string().default('?'),
  source: z.enum(sourceNames).default('segment'),
  route: z.string().default('default'),
  messageId: z.string().optional(),
  userId: z.string().optional(),
  receivedAtMs: z.number().default(0),
  updatedAtMs: z.number().default(0),
  deadlineAtMs: z.number().optional(),
  leaseUntilMs: z.number().default(0),
  attempts: z.number().default(0),
  reason: z.string().optional(),
  detail: z.string().optional(),
  notBeforeMs: z.number().default(0),
  lostCallAtMs: z.number().optional(),
  creditsReserved: z.number().optional(),
  budgets: z.array(z.string()).default([]),
  creditsUsed: z.number().optional(),
  pending: z.string().optional(),
  pendingSinceMs: z.number().optional(),
  collection: z.string().optional(),
  collected: z.number().optional(),
  redrive: z.string().optional(),
  segmentReport: z.string().optional(),
  afterRun: z.string().optional(),
  afterTrigger: z.string().optional(),
  pulledItem: z.string().optional(),
  segopsReport: z.string().optional(),
  segopsReportSends: z.number().optional(),
});

const eventsSchema = z.array(z.record(z.string(), z.unknown()));
const lookupsSchema = z.record(z.string(), z.object({ atMs: z.number(), value: z.unknown().optional() }));
const comparedSchema = z.object({ changed: z.number(), unchanged: z.number(), leftOut: z.number() });
const requestSchema = z.record(z.string(), z.unknown());

/** All that the ledger has of a run: docs/ledger.md. */
export interface RunDetails extends Readonly<z.infer<typeof runItemSchema>> {
  readonly runId: string;
  readonly history: readonly HistoryEntry[];
  /** Absent if they were not kept or were too large. */
  readonly events?: readonly Readonly<Record<string, unknown>>[] | undefined;
  /** Whether long texts of the events were cut. */
  readonly eventsAreCut: boolean;
  readonly request?: Readonly<Record<string, unknown>> | undefined;
  readonly result?: unknown;
  /** What it looked up, by name; `value` is absent where the system knows no such thing. Long texts are cut. */
  readonly lookups?: Readonly<z.infer<typeof lookupsSchema>> | undefined;
  /** How many items of a pull it compares; absent if it compares none. */
  readonly compared?: Readonly<z.infer<typeof comparedSchema>> | undefined;
  /** The run that it follows, with that one's result as far as the ledger has it. */
  readonly after?: FollowedDetails | undefined;
  /** What its events counted as, the most frequent first, if its trigger tallies and it has closed the tally. */
  readonly tally?: Tally | undefined;
  /** Events of the tally that have counted as `other`, because a name of theirs could not be counted. */
  readonly countedAsOther?: number | undefined;
  /** The run that was made for this run's event together with others. */
  readonly collectedBy?: string | undefined;
  /** Its place among the parked runs; absent if it is not parked, or if that was not read. */
  readonly parked?: ParkedRun | undefined;
}

/** A run that another one follows. */
export interface FollowedDetails {
  readonly runId: string;
  readonly trigger: string;
  readonly result?: Readonly<Record<string, unknown>> | undefined;
}

type Items = ReadonlyMap<string, Readonly<Record<string, AttributeValue>>>;

/** Reads runs by their whole ids; runs that the ledger does not have are left out. */
export async function readRuns(ledger: Ledger, runIds: readonly string[]): Promise<readonly RunDetails[]> {
  const read = (keys: readonly string[]): Promise<Items> =>
    new LedgerTable(ledger.dynamodb, ledger.tableName).read(keys);
  const ids = [...new Set(runIds)];
  const items = await read(ids.flatMap((id) => [runKey(id), `details#${id}`]));
  const collections = ids.flatMap((id) => items.get(runKey(id))?.collection?.S ?? []);
  const followed = ids.flatMap((id) => items.get(runKey(id))?.afterRun?.S ?? []);
  const others = await read([
    ...new Set([
      ...collections.map((collection) => `collected#${collection}#0`),
      ...followed.map((id) => runKey(id)),
    ]),
  ]);
  return ids.flatMap((id) => runDetails(id, items, others) ?? []);
}

function runDetails(runId: string, items: Items, others: Items): RunDetails | undefined {
  const item = items.get(runKey(runId));
  if (item === undefined) {
    return undefined;
  }
  const details = items.get(`details#${runId}`);
  const run = runItemSchema.parse(plainItem(item));
  const closing = others.get(`collected#${run.collection}#0`);
  const closedBy = closing?.runId?.S;
  return {
    runId,
    ...run,
    history: readHistory(item.history?.S),
    events: eventsSchema.safeParse(parseJson(details?.events?.S)).data,
    // The mark of functions/ledger/shortened.ts.
    eventsAreCut: details?.events?.S?.includes(' […cut]"') ?? false,
    request: requestSchema.safeParse(parseJson(details?.request?.S)).data,
    result: parseJson(item.result?.S),
    lookups: lookupsSchema.safeParse(parseJson(details?.lookups?.S)).data,
    compared: comparedSchema.safeParse(parseJson(details?.compared?.S)).data,
    after: followedDetails(run, others),
    ...(closedBy === runId && closing?.tally !== undefined ? tallyDetails(closing) : {}),
    collectedBy: closedBy === runId ? undefined : closedBy,
  };
}

function tallyDetails(closing: LedgerItem): Pick<RunDetails, 'tally' | 'countedAsOther'> {
  const counters = readCounters(closing);
  return { tally: sortedTally(counters), countedAsOther: counters.beyond };
}

function followedDetails(
  { afterRun, afterTrigger }: z.infer<typeof runItemSchema>,
  others: Items,
): FollowedDetails | undefined {
  if (afterRun === undefined || afterTrigger === undefined) {
    return undefined;
  }
  const result = parseJson(others.get(runKey(afterRun))?.result?.S);
  return { runId: afterRun, trigger: afterTrigger, result: requestSchema.safeParse(result).data };
}

function parseJson(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    return json;
  }
}
