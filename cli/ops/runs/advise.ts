import { shortRunId } from '../format/shortRunId.ts';
import { planRedrive } from '../redrive/planRedrive.ts';
import type { RunDetails } from './runDetails.ts';

/** Reasons that a redrive alone does not mend. */
const faultsOfTriggersFile: ReadonlySet<string> = new Set([
  'builder_failed',
  'request_invalid',
  'action_unknown',
  'trigger_unknown',
  'output_invalid',
]);

/** What an operator may do about a run that is over and not done; `undefined` when there is nothing to do. */
export function advise(run: RunDetails, nowMs: number, flags: string): string | undefined {
  if (run.state !== 'failed' && run.state !== 'skipped') {
    return undefined;
  }
  const plan = planRedrive(run, { again: false, nowMs });
  if (plan.kind === 'refuse') {
    return run.state === 'failed' ? plan.why : undefined;
  }
  const first = faultsOfTriggersFile.has(run.reason ?? '')
    ? 'mend the triggers file and deploy it; then: '
    : '';
  return `To have it made again: ${first}npm run ops -- runs redrive ${shortRunId(run.runId)}${flags}`;
}
