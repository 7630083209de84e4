import { redriveNonce } from '../../../functions/ledger/runs.ts';
import type { RunMessage } from '../../../functions/queue/runMessage.ts';
import { shortRunId } from '../format/shortRunId.ts';
import type { RunDetails } from '../runs/runDetails.ts';
import type { RedriveOptions, RedrivePlan } from './planRedrive.ts';

/**
 * The message to send for a dead letter, or why there is none.
 *
 * A run that has not ended, or that the ledger does not have, gets no new nonce. If another message of it exists, the
 * later of the two finds the run finished.
 *
 * @param run the run as the ledger has it
 */
export function planDeadLetter(
  message: RunMessage,
  run: RunDetails | undefined,
  { again, nowMs }: RedriveOptions,
): RedrivePlan {
  const { receivedAtMs, deadlineAtMs, report } = message;
  const fresh: RunMessage = {
    ...message,
    deadlineAtMs: nowMs + (deadlineAtMs - receivedAtMs),
    notBeforeMs: undefined,
    slotAtMs: undefined,
  };
  if (report !== undefined) {
    // The run is done: only the report of its result is sent again.
    return { kind: 'send', message: { ...fresh, report: { ...report, attempts: 0 } } };
  }
  switch (run?.state) {
    case 'failed':
      return { kind: 'send', message: { ...fresh, redrive: redriveNonce(run.updatedAtMs) } };
    case 'skipped':
    case 'done':
      return again
        ? { kind: 'send', message: { ...fresh, redrive: redriveNonce(run.updatedAtMs) } }
        : {
            kind: 'refuse',
            why:
              `Run ${shortRunId(message.runId)} is ${run.state} by now: discard the dead letter, ` +
              'or make the run again with --again, which spends credits again.',
          };
    default: {
      const redrive = message.redrive === run?.redrive ? message.redrive : undefined;
      return { kind: 'send', message: { ...fresh, redrive } };
    }
  }
}
