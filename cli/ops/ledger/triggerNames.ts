import type { Ledger } from '../deployment/deployment.ts';
import { queryRuns, visitRuns } from './queryRuns.ts';

/** How far back triggers are searched: the default of `runDeadline`. */
export const recentMs = 4 * 86_400_000;

/** The names of the triggers that had a run in the last 4 days. */
export async function recentTriggers(ledger: Ledger, nowMs: number): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  await visitRuns(ledger, { sinceMs: nowMs - recentMs }, nowMs, ({ trigger }) => names.add(trigger));
  return names;
}

/** Whether a trigger had a run in the last 4 days. */
export async function isRecentTrigger(ledger: Ledger, trigger: string, nowMs: number): Promise<boolean> {
  for await (const _run of queryRuns(ledger, { sinceMs: nowMs - recentMs, trigger }, nowMs)) {
    return true;
  }
  return false;
}

/** A warning for a trigger that had no run lately. */
export function unknownTriggerWarning(trigger: string, flags: string): string {
  return (
    `Note: trigger "${trigger}" had no run in the last 4 days. ` +
    `\`npm run ops -- status${flags}\` shows the names of the triggers that had runs.`
  );
}
