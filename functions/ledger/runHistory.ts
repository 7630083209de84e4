import * as z from 'zod/mini';

/** Entries that a run item keeps; a longer history loses its middle. */
const maxEntries = 40;

const entrySchema = z.object({
  atMs: z.number(),
  what: z.enum([
    'taken',
    'waits',
    'calls',
    'answered',
    'recovered',
    'done',
    'failed',
    'skipped',
    'redriven',
    'reported',
    'approved',
    'denied',
    'cancelled',
  ]),
  reason: z.optional(z.string()),
  untilMs: z.optional(z.number()),
  times: z.optional(z.number()),
  lastAtMs: z.optional(z.number()),
  by: z.optional(z.string()),
});

/** One thing that happened to a run. Times are epoch milliseconds. */
export interface HistoryEntry {
  readonly atMs: number;
  readonly what: z.infer<typeof entrySchema>['what'];
  readonly reason?: string | undefined;
  /** Until when it waits. */
  readonly untilMs?: number | undefined;
  /** How often in a row, the last time at `lastAtMs`; absent for once. */
  readonly times?: number | undefined;
  readonly lastAtMs?: number | undefined;
  /** Who decided: `approved`, `denied` or `cancelled`. */
  readonly by?: string | undefined;
}

/** Adds what happened. A wait for the same reason as the entry before it is counted in that entry. */
export function addToHistory(history: readonly HistoryEntry[], entry: HistoryEntry): readonly HistoryEntry[] {
  const last = history.at(-1);
  if (last !== undefined && last.what === 'waits' && entry.what === 'waits' && last.reason === entry.reason) {
    const { untilMs, atMs: lastAtMs } = entry;
    return [...history.slice(0, -1), { ...last, untilMs, lastAtMs, times: (last.times ?? 1) + 1 }];
  }
  const longer = [...history, entry];
  const half = maxEntries / 2;
  return longer.length > maxEntries ? [...longer.slice(0, half), ...longer.slice(-half)] : longer;
}

/** Reads the attribute `history` of a run item. Entries that this version does not know are left out. */
export function readHistory(json: string | undefined): readonly HistoryEntry[] {
  try {
    const entries: unknown = JSON.parse(json ?? '[]');
    return (Array.isArray(entries) ? entries : []).flatMap((entry) => {
      const result = entrySchema.safeParse(entry);
      return result.success ? [result.data] : [];
    });
  } catch {
    return [];
  }
}
