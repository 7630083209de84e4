import type { Verdict } from '../functions/ledger/decision.ts';
import { Decisions } from '../functions/ledger/decisions.ts';
import { parseRunMessage, writeRunMessage } from '../functions/queue/runMessage.ts';
import type { Deployment } from './deployment/deployment.ts';
import { InvalidTrialError } from './trialOptions.ts';

/**
 * Decides about a run, as `ops runs approve`, `deny` and `cancel` do: first the decision is written, then the run is sent on
 * if it is parked.
 *
 * @throws InvalidTrialError when there is nothing to decide about it
 */
export async function decideRun(deployment: Deployment, runId: string, decision: Verdict): Promise<void> {
  const { ledger, runner, time } = deployment;
  const parked = (await runner.parkedRuns.readMessages([runId])).get(runId);
  const options = { decision, by: 'the trial', nowMs: time.now(), parkings: parked?.number };
  const outcome = await new Decisions(ledger).decide(runId, options);
  if (outcome.kind !== 'decided') {
    const state =
      'state' in outcome ? `it is ${outcome.state}${outcome.reason ? ` (${outcome.reason})` : ''}` : '';
    const why = outcome.kind === 'unknown' ? 'the ledger has no such run' : state;
    throw new InvalidTrialError(`Run ${runId.slice(0, 8)} cannot be ${decision}: ${why}`);
  }
  if (parked !== undefined) {
    const message = { ...parseRunMessage(parked.body), notBeforeMs: undefined, slotAtMs: undefined };
    deployment.send('ready', writeRunMessage(message), message.trigger);
    await runner.parkedRuns.unpark(runId, parked.number);
  }
}
