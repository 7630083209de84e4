import type { Trigger } from '../functions/triggers/trigger.ts';
import { RunningTrial } from './runningTrial.ts';
import type { NameOf, Trial } from './trial.ts';
import type { TrialOptions } from './trialOptions.ts';

/**
 * Puts triggers to the test: the real receiver, runner, dispatcher and puller work in this process, without a network, ports,
 * files or waiting.
 *
 * @param triggers the default export of `triggers.ts`
 * @throws InvalidTrialError for options that name what does not exist
 * @example
 * await using run = await trial(triggers);
 * await run.send({ type: 'track', event: 'churn_signal', userId: 'u-1', properties: { ltv: 1200 } });
 * assert.equal(run.one('churn-signal').state, 'done');
 */
export async function trial<const Triggers extends readonly Trigger[]>(
  triggers: Triggers,
  options: TrialOptions<NameOf<Triggers>> = {},
): Promise<Trial<NameOf<Triggers>>> {
  return await RunningTrial.start(triggers, options);
}
