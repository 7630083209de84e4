import type { LedgerItem } from './ledgerTable.ts';

/** A collection after a run has joined it. */
export interface CollectionStep {
  readonly id: string;
  readonly count: number;
  readonly closesAtMs: number;
  /** Whether this run closes it. */
  readonly closes: boolean;
  /** The collection that was found under the key; without an id when there was none. */
  readonly before: { readonly id: string | undefined; readonly count: number; readonly isOpen: boolean };
}

/** How a run joins: it adds to the collection that was found open, or opens a new one. */
export function joinStep(
  found: LedgerItem | undefined,
  runId: string,
  limits: { readonly nowMs: number; readonly withinMs: number; readonly maxCount: number },
): CollectionStep {
  const { nowMs, withinMs, maxCount } = limits;
  const before = {
    id: found?.collectionId?.S,
    count: Number(found?.count?.N ?? 0),
    isOpen: found?.state?.S === 'open',
  };
  if (!before.isOpen) {
    const closesAtMs = nowMs + withinMs;
    return { id: `${runId}-${nowMs}`, count: 1, closesAtMs, closes: maxCount <= 1, before };
  }
  const closesAtMs = Number(found?.closesAtMs?.N ?? 0);
  const count = before.count + 1;
  return { id: before.id ?? '', count, closesAtMs, closes: count >= maxCount || closesAtMs <= nowMs, before };
}
