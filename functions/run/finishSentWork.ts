import type { SharedState } from '../ledger/sharedState.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { Pass } from './gates/gate.ts';
import type { LeasedRun } from './leasedRun.ts';
import { pollPending } from './pollPending.ts';
import { recoverLostAnswer } from './recoverLostAnswer.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { Ended } from './runOutcome.ts';
import type { SentWork } from './sentWork.ts';

/** How long a run waits while another run probes. */
const probingWaitMs = 20_000;

/** A run with work at Mavera that an earlier delivery has sent. */
export interface SentRun {
  readonly run: LeasedRun;
  readonly trigger: Trigger | undefined;
  readonly shared: SharedState;
  readonly sent: SentWork;
  readonly pass: Pass;
  readonly apiKey: string;
}

/**
 * Finishes what an earlier delivery has sent: polls work that Mavera still does, and searches for the work of a call
 * whose answer was lost.
 *
 * @returns `undefined` when the call may be made (again)
 */
export async function finishSentWork(
  { run, trigger, shared, sent, pass, apiKey }: SentRun,
  dependencies: RunnerDependencies,
): Promise<Ended | undefined> {
  const { breaker, settings, now } = dependencies;
  const { runId } = run.message;
  if (sent.kind === 'unknown') {
    const detail =
      'It is not known whether Mavera did the work, because the ledger no longer has the request. Check in Mavera, then redrive or discard the run';
    return await run.fail({ reason: 'answer_lost', detail, spent: 'estimate' });
  }
  if (pass.probes === true && !(await breaker.probe(runId, now(), now() + settings.maveraTimeoutMs))) {
    run.report({ gate: 'breaker' });
    return await run.wait({ untilMs: now() + probingWaitMs, reason: 'breaker_probing' });
  }
  const known = { run, shared, pass, apiKey };
  return sent.kind === 'pending'
    ? await pollPending({ ...known, ...sent }, dependencies)
    : await recoverLostAnswer({ ...known, ...sent, trigger }, dependencies);
}
