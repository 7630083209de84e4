import * as z from 'zod';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import type { ResultsQueue } from '../scenario/resultsQueue.ts';
import type { LocalSystem } from '../system.ts';

const resultSchema = z.object({
  runId: z.string(),
  trigger: z.string(),
  state: z.enum(['done', 'failed', 'skipped']),
  creditsUsed: z.number().default(0),
  result: z.unknown().optional(),
  reason: z.string().optional(),
  detail: z.string().optional(),
});

const eventsSchema = z.array(z.looseObject({ type: z.string().optional(), event: z.string().optional() }));
const requestSchema = z.object({ method: z.string(), path: z.string(), body: z.unknown() });

/** A run that has ended, with what it was made for, what it asked Mavera and what came back. */
export interface ObservedRun extends Readonly<z.output<typeof resultSchema>> {
  /** Oldest first. */
  readonly events: readonly ObservedEvent[];
  /** Absent of a run that built none. */
  readonly request?: MaveraRequest | undefined;
}

export type ObservedEvent = Readonly<z.output<typeof eventsSchema>[number]>;

/** A request to Mavera, as it was sent. */
export type MaveraRequest = Readonly<z.output<typeof requestSchema>>;

/** Reads which runs have ended from the results topic, and their details from the ledger. Each run is there once. */
export async function observeRuns(
  results: ResultsQueue,
  system: LocalSystem,
): Promise<readonly ObservedRun[]> {
  const ended = new Map<string, z.output<typeof resultSchema>>();
  for (const body of await results.drain()) {
    // The topic also tells of runs that wait for approval, and of pulls that have ended.
    const { success, data } = resultSchema.safeParse(JSON.parse(body));
    if (success) {
      ended.set(data.runId, data);
    }
  }
  const ledger = new LedgerTable(system.clients.dynamodb, system.resources.tableName);
  const details = await ledger.read([...ended.keys()].map(detailsKey));
  return [...ended.values()].map((run) => {
    const item = details.get(detailsKey(run.runId));
    return {
      ...run,
      events: eventsSchema.safeParse(jsonOf(item?.events?.S)).data ?? [],
      request: requestSchema.safeParse(jsonOf(item?.request?.S)).data,
    };
  });
}

function detailsKey(runId: string): string {
  return `details#${runId}`;
}

function jsonOf(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}
