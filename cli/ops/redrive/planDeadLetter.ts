import type { RunMessage } from '../../../functions/queue/runMessage.ts';
import { shortRunId } from '../format/shortRunId.ts';
import type { RunDetails } from '../runs/runDetails.ts';
import { type RedriveOptions, type RedrivePlan, redriveNonce } from './planRedrive.ts';

/**
 * The message that takes a dead letter's place in the run queue, or why there is none.
 *
 * A run that is not over gets no new nonce, nor does one that the ledger does not know: should another message of it
 * be about, the later of the two finds it finished.
 *
 * @param run what the ledger has of the run
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
    // The run is done: what is made again is the report of its result.
    return { kind: 'send', message: { ...fresh, report: { attempts: 0 } } };
  }
  switch (run?.state) {
    case 'failed':
      return { kind: 'send', message: { ...fresh, redrive: redriveNonce(run) } };
    case 'skipped':
    case 'done':
      return again
        ? { kind: 'send', message: { ...fresh, redrive: redriveNonce(run) } }
        : {
            kind: 'refuse',
            why:
              `Run ${shortRunId(message.runId)} is ${run.state} by now: discard the dead letter, ` +
              'or have the run made again with --again, which spends credits again.',
          };
    default: {
      const redrive = message.redrive === run?.redrive ? message.redrive : undefined;
      return { kind: 'send', message: { ...fresh, redrive } };
    }
  }
}
