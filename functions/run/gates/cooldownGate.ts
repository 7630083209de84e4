import type { Cooldowns } from '../../ledger/cooldowns.ts';
import { durationMs } from '../../triggers/duration.ts';
import { type Gate, type GateDecision, type GatedRun, pass } from './gate.ts';

/** Skips a run when its trigger has had another one for the same key a short time ago. */
export class CooldownGate implements Gate {
  readonly name = 'cooldown';
  readonly #cooldowns: Cooldowns;

  constructor(cooldowns: Cooldowns) {
    this.#cooldowns = cooldowns;
  }

  async decide({ trigger, keys, message, nowMs }: GatedRun): Promise<GateDecision> {
    if (trigger.cooldown === undefined || keys.cooldown === undefined || message.redrive !== undefined) {
      return pass;
    }
    const forMs = durationMs(trigger.cooldown.for);
    const claim = await this.#cooldowns.claim(keys.cooldown, message.runId, nowMs, forMs);
    if (claim.kind === 'mine') {
      return pass;
    }
    const until = new Date(claim.untilMs).toISOString();
    const detail = `Run ${claim.runId} has the key for itself until ${until}`;
    return { kind: 'skip', reason: 'cooldown', detail };
  }
}
