import type { LedgerItem } from './ledgerTable.ts';

/** A collection after a run has joined it. */
export interface CollectionStep {
  readonly id: string;
  readonly count: number;
  /** Of its events' JSON. An item that an older release has written does not tell: it counts as 0. */
  readonly bytes: number;
  readonly closesAtMs: number;
  /** Whether this run closes it. */
  readonly closes: boolean;
  /** The collection that was found under the key; without an id when there was none. */
  readonly before: { readonly id: string | undefined; readonly count: number; readonly isOpen: boolean };
}

/** How a run joins: it adds to the collection that was found open, or opens a new one. */
export function joinStep(
  found: LedgerItem | undefined,
  joining: {
    readonly runId: string;
    readonly eventBytes: number;
    readonly nowMs: number;
    readonly withinMs: number;
    readonly maxCount: number;
    readonly maxBytes: number;
  },
): CollectionStep {
  const { runId, eventBytes, nowMs, withinMs } = joining;
  const isFull = (events: number, size: number): boolean =>
    events >= joining.maxCount || size >= joining.maxBytes;
  const before = {
    id: found?.collectionId?.S,
    count: Number(found?.count?.N ?? 0),
    isOpen: found?.state?.S === 'open',
  };
  if (!before.isOpen) {
    const closesAtMs = nowMs + withinMs;
    const closes = isFull(1, eventBytes);
    return { id: `${runId}-${nowMs}`, count: 1, bytes: eventBytes, closesAtMs, closes, before };
  }
  const closesAtMs = Number(found?.closesAtMs?.N ?? 0);
  const count = before.count + 1;
  const bytes = Number(found?.bytes?.N ?? 0) + eventBytes;
  const closes = isFull(count, bytes) || closesAtMs <= nowMs;
  return { id: before.id ?? '', count, bytes, closesAtMs, closes, before };
}
