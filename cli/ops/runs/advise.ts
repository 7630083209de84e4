import { shortRunId } from '../format/shortRunId.ts';
import { planRedrive } from '../redrive/planRedrive.ts';
import type { RunDetails } from './runDetails.ts';

/** Reasons that a redrive alone does not fix. */
const faultsOfTriggersFile: ReadonlySet<string> = new Set([
  'builder_failed',
  'request_invalid',
  'action_unknown',
  'trigger_unknown',
  'output_invalid',
]);

/** What an operator can do about a run that asks for approval, failed or was skipped; `undefined` if nothing. */
export function advise(run: RunDetails, nowMs: number, flags: string): string | undefined {
  if (run.state === 'waiting' && run.reason === 'approval') {
    const commands = ['approve', 'deny'].map(
      (command) => `npm run ops -- runs ${command} ${shortRunId(run.runId)}${flags}`,
    );
    return `To decide: ${commands.join(', or ')}`;
  }
  if (run.state !== 'failed' && run.state !== 'skipped') {
    return undefined;
  }
  const plan = planRedrive(run, { again: false, nowMs });
  if (plan.kind === 'refuse') {
    return run.state === 'failed' ? plan.why : undefined;
  }
  const first = faultsOfTriggersFile.has(run.reason ?? '')
    ? 'fix the triggers file and deploy it; then: '
    : '';
  return `To make it again: ${first}npm run ops -- runs redrive ${shortRunId(run.runId)}${flags}`;
}
