import type { RunDetails } from '../../../cli/ops/runs/runDetails.ts';
import { trackEvent } from './opsWorld.ts';

export const nowMs = Date.parse('2026-11-21T12:00:00Z');

/** What the ledger has of a run that is done, changed as a test needs it. */
export function details(more: Partial<RunDetails> = {}): RunDetails {
  return {
    runId: 'a'.repeat(40),
    state: 'done',
    trigger: 'churn-signal',
    source: 'segment',
    route: 'default',
    messageId: 'm-1',
    userId: 'u-1',
    receivedAtMs: nowMs - 600_000,
    updatedAtMs: nowMs - 300_000,
    deadlineAtMs: nowMs - 600_000 + 96 * 3_600_000,
    leaseUntilMs: 0,
    attempts: 1,
    notBeforeMs: 0,
    budgets: [],
    history: [],
    events: [trackEvent('m-1') as Record<string, unknown>],
    eventsAreCut: false,
    ...more,
  };
}
