import type { RunMessage } from '../queue/runMessage.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { type TriggerKeys, triggerKeys } from './prepareRequest.ts';
import type { RunnerDependencies } from './runDependencies.ts';

/**
 * Gives back what a run without a result has claimed: the cooldown of its key, and the making of the thread or persona.
 * What cannot be given back expires.
 */
export async function releaseUnused(
  message: RunMessage,
  { triggers, cooldowns, keptIds, onTrouble }: RunnerDependencies,
): Promise<void> {
  const trigger = triggers.get(message.trigger);
  if (trigger === undefined) {
    return;
  }
  try {
    const { cooldown, kept } = keysOf(trigger, message);
    if (cooldown !== undefined) {
      await cooldowns.release(cooldown, message.runId);
    }
    if (kept !== undefined) {
      await keptIds.release(kept, message.runId);
    }
  } catch (error) {
    onTrouble('what a run has claimed cannot be given back', error);
  }
}

function keysOf(trigger: Trigger, { event }: RunMessage): TriggerKeys {
  try {
    return triggerKeys(trigger, event);
  } catch {
    // Without keys nothing was claimed: that is why the run has failed.
    return {};
  }
}
