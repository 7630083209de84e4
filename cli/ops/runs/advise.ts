import { shortRunId } from '../format/shortRunId.ts';
import { planRedrive } from '../redrive/planRedrive.ts';
import type { RunDetails } from './runDetails.ts';

const fixTriggers = 'fix the triggers file and deploy it; then: ';

/** What to do before a redrive, for reasons that a redrive alone does not fix. */
const firstSteps: ReadonlyMap<string | undefined, string> = new Map([
  ['builder_failed', fixTriggers],
  ['request_invalid', fixTriggers],
  ['action_unknown', fixTriggers],
  ['trigger_unknown', fixTriggers],
  ['output_invalid', fixTriggers],
  ['not_allowed', 'grant it in access.ts and deploy; then: '],
  ['lookup_failed', 'correct what the sentence above names; then: '],
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
  const first = firstSteps.get(run.reason) ?? '';
  return `To make it again: ${first}npm run ops -- runs redrive ${shortRunId(run.runId)}${flags}`;
}
