import type { HistoryEntry } from '../../ledger/runHistory.ts';
import type { Reason } from '../reasons.ts';

const firstMs = 10_000;
const longestMs = 5 * 60_000;

/**
 * After how long a run looks again for something that nobody tells it of: twice as long each time in a row, so that
 * thousands of waiting runs do not keep the runners from working.
 */
export function lookAgainAfterMs(
  history: readonly HistoryEntry[],
  reason: Reason,
  random: () => number,
): number {
  const last = history.at(-1);
  const times = last?.what === 'waits' && last.reason === reason ? (last.times ?? 1) : 0;
  return Math.min(longestMs, firstMs * 2 ** times) * (0.5 + random() / 2);
}
