import type { Ledger } from '../deployment/deployment.ts';
import { queryRuns, visitRuns } from './queryRuns.ts';

/** As far back as triggers are looked for: as long as a run waits at most, unless the settings say otherwise. */
export const recentMs = 4 * 86_400_000;

/** The names of the triggers that have had a run in the last 4 days. */
export async function recentTriggers(ledger: Ledger, nowMs: number): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  await visitRuns(ledger, { sinceMs: nowMs - recentMs }, nowMs, ({ trigger }) => names.add(trigger));
  return names;
}

/** Whether a trigger has had a run in the last 4 days. */
export async function isRecentTrigger(ledger: Ledger, trigger: string, nowMs: number): Promise<boolean> {
  for await (const _run of queryRuns(ledger, { sinceMs: nowMs - recentMs, trigger }, nowMs)) {
    return true;
  }
  return false;
}

/** What to tell an operator who names a trigger that nobody has seen lately. */
export function unknownTriggerWarning(trigger: string, flags: string): string {
  return (
    `Note: no run of the last 4 days is of a trigger "${trigger}"; should that be a slip of the pen, ` +
    `\`npm run ops -- status${flags}\` shows the names of those that have had runs.`
  );
}
