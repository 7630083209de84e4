import type { RunMessage } from '../queue/runMessage.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { type TriggerKeys, triggerKeys } from './prepareRequest.ts';
import type { Reason } from './reasons.ts';
import type { RunnerDependencies } from './runDependencies.ts';

/**
 * Releases what a run without a result has claimed: the cooldown of its key, and the right to create the thread or
 * persona. What cannot be released expires.
 *
 * @param end why it has ended, and the keys of its admission, if it has had one
 */
export async function releaseUnused(
  message: RunMessage,
  { triggers, cooldowns, keptIds, onTrouble }: RunnerDependencies,
  { reason, keys }: { readonly reason: Reason; readonly keys: TriggerKeys | undefined },
): Promise<void> {
  const trigger = triggers.get(message.trigger);
  if (trigger === undefined) {
    return;
  }
  try {
    const { cooldown, kept } = keys ?? keysOf(trigger, message);
    // The cooldown that has skipped a run is that of another run.
    if (cooldown !== undefined && reason !== 'cooldown') {
      await cooldowns.release(cooldown, message.runId);
    }
    if (kept !== undefined) {
      await keptIds.release(kept, message.runId);
    }
  } catch (error) {
    onTrouble('the claims of a run could not be released', error);
  }
}

function keysOf(trigger: Trigger, { event }: RunMessage): TriggerKeys {
  try {
    return triggerKeys(trigger, event);
  } catch {
    // Without keys nothing was claimed; the run failed because its keys could not be read.
    return {};
  }
}
