import type { Cancellations } from '../../ledger/cancellations.ts';
import type { Cooldowns } from '../../ledger/cooldowns.ts';
import type { Decision } from '../../ledger/decision.ts';
import { allTriggers, type OperatorSettings } from '../../ledger/sharedState.ts';
import { isInSample } from '../../queue/runMessage.ts';
import { eventTimeMs, isStale } from '../../sources/segment/event.ts';
import type { SystemsGate } from '../../systems/systemsGate.ts';
import { durationMs } from '../../triggers/duration.ts';
import { type Gate, type GateDecision, type GatedRun, pass } from './gate.ts';

/** How long a paused run waits before it asks again, at least and at most. */
const shortestPauseWaitMs = 30_000;
const longestPauseWaitMs = 15 * 60_000;

/**
 * Makes runs wait while an operator has paused their trigger, or all triggers. The longer the pause has lasted, the
 * longer a run waits before it asks again: a short pause ends at once, and a long one costs almost nothing.
 */
export function pauseGate(random: () => number): Gate {
  return {
    name: 'pause',
    decide({ shared, trigger, nowMs }: GatedRun): GateDecision {
      const pause = pauseOf(trigger.name, shared.operator);
      if (pause === undefined) {
        return pass;
      }
      const { sinceMs, reason } = pause;
      const longestMs = Math.min(longestPauseWaitMs, Math.max(shortestPauseWaitMs, (nowMs - sinceMs) / 2));
      return { kind: 'wait', untilMs: nowMs + longestMs * (0.5 + random() / 2), reason };
    },
  };
}

/** A pause that an operator has begun. */
export interface Pause {
  readonly sinceMs: number;
  readonly reason: 'paused' | 'trigger_paused';
}

/** The pause of a trigger, if there is one; that of all triggers comes before its own. */
export function pauseOf(trigger: string, { pausedSinceMs }: OperatorSettings): Pause | undefined {
  const allSinceMs = pausedSinceMs.get(allTriggers);
  if (allSinceMs !== undefined) {
    return { sinceMs: allSinceMs, reason: 'paused' };
  }
  const sinceMs = pausedSinceMs.get(trigger);
  return sinceMs === undefined ? undefined : { sinceMs, reason: 'trigger_paused' };
}

/**
 * Skips a run whose event is older than its trigger allows, unless an operator redrives the run. A run that follows another
 * is as old as that one's end.
 */
export const staleGate: Gate = {
  name: 'stale',
  decide({ trigger: { staleAfter }, message, nowMs }: GatedRun): GateDecision {
    if (staleAfter === undefined || message.redrive !== undefined) {
      return pass;
    }
    const isTooOld =
      (message.after === undefined && isStale(message.event, nowMs, durationMs(staleAfter))) ||
      nowMs - message.receivedAtMs > durationMs(staleAfter);
    return isTooOld
      ? { kind: 'skip', reason: 'stale', detail: `Its event was older than ${staleAfter}` }
      : pass;
  },
};

/** Fails the runs of a trigger that may not do what it declares, before anything is reserved for them. */
export function accessGate(gate: Pick<SystemsGate, 'lacksAccess'>): Gate {
  return {
    name: 'access',
    decide({ trigger, message }: GatedRun): GateDecision {
      const refused = gate.lacksAccess(trigger.name, message.runId);
      return refused === undefined ? pass : { kind: 'fail', reason: 'not_allowed', detail: refused.detail };
    },
  };
}

/** Passes a share of a trigger's runs. The receiver queues no others, but an older release did. */
export const sampleGate: Gate = {
  name: 'sample',
  decide({ trigger, message }: GatedRun): GateDecision {
    return message.redrive !== undefined || isInSample(message.runId, trigger.sample)
      ? pass
      : { kind: 'skip', reason: 'sampled_out' };
  },
};

/**
 * Skips a run if its trigger has recently had another run for the same key. From its admission until its call, a run keeps
 * its key until its deadline, however long it is parked. With its call the cooldown begins.
 */
export class CooldownGate implements Gate {
  readonly name = 'cooldown';
  readonly #cooldowns: Cooldowns;
  readonly #lasts: 'until_deadline' | 'as_configured';

  constructor(cooldowns: Cooldowns, lasts: 'until_deadline' | 'as_configured') {
    this.#cooldowns = cooldowns;
    this.#lasts = lasts;
  }

  async decide({ trigger, keys, message, nowMs }: GatedRun): Promise<GateDecision> {
    if (trigger.cooldown === undefined || keys.cooldown === undefined || message.redrive !== undefined) {
      return pass;
    }
    const configuredMs = durationMs(trigger.cooldown.for);
    const waitsMs = message.deadlineAtMs - nowMs;
    const forMs = this.#lasts === 'as_configured' ? configuredMs : Math.max(configuredMs, waitsMs);
    const claim = await this.#cooldowns.claim(keys.cooldown, message.runId, nowMs, forMs);
    if (claim.kind === 'mine') {
      return pass;
    }
    const until = new Date(claim.untilMs).toISOString();
    const detail = `Run ${claim.runId} started the cooldown of this key; it ends at ${until}`;
    return { kind: 'skip', reason: 'cooldown', detail };
  }
}

/** How long a run that is not parked waits before it looks for a decision again. */
const approvalWaitMs = 15 * 60_000;

/**
 * Skips a run that an operator has denied or cancelled. It is asked before the pause, so that the runs of a paused trigger
 * can be cancelled.
 */
export const decisionGate: Gate = {
  name: 'approval',
  decide: ({ approval }: GatedRun): GateDecision => decisionOf(approval),
};

/**
 * Makes a run wait that is expected to cost more than its trigger allows without approval, until an operator approves or
 * denies it. The clock of deadline and `staleAfter` goes on.
 */
export function approvalGate(moment: 'admission' | 'call', random: () => number): Gate {
  return {
    name: 'approval',
    decide({ trigger: { approve, run }, approval, estimatedCredits, nowMs }: GatedRun): GateDecision {
      const decision = decisionOf(approval);
      // Whether a persona is created or updated, which costs nothing, is known before the call only.
      const isKnown = moment === 'call' || run.kind !== 'updatePersona' || run.estimatedCredits !== undefined;
      const needsApproval = isKnown && approve !== undefined && estimatedCredits > approve.above;
      if (decision.kind !== 'pass' || !needsApproval || approval?.decision === 'approved') {
        return decision;
      }
      return { kind: 'wait', untilMs: nowMs + approvalWaitMs * (1 - random() / 3), reason: 'approval' };
    },
  };
}

/** Skips a run that an event of its trigger's `cancelledBy` has cancelled, unless an operator redrives the run. */
export class CancelledGate implements Gate {
  readonly name = 'cancel';
  readonly #cancellations: Cancellations;

  constructor(cancellations: Cancellations) {
    this.#cancellations = cancellations;
  }

  async decide({ keys, message, trigger }: GatedRun): Promise<GateDecision> {
    if (trigger.cancelledBy === undefined || keys.cancel === undefined || message.redrive !== undefined) {
      return pass;
    }
    const cancelledAtMs = await this.#cancellations.readAtMs(keys.cancel);
    const atMs = eventTimeMs(message.event, message.receivedAtMs);
    if (cancelledAtMs === undefined || atMs > cancelledAtMs) {
      return pass;
    }
    const [own, later] = [atMs, cancelledAtMs].map((timeMs) => new Date(timeMs).toISOString());
    const detail = `Its event is from ${own}; an event from ${later} cancelled it`;
    return { kind: 'skip', reason: 'cancelled', detail };
  }
}

function decisionOf(approval: Decision | undefined): GateDecision {
  if (approval === undefined || approval.decision === 'approved') {
    return pass;
  }
  const at = new Date(approval.atMs).toISOString();
  return { kind: 'skip', reason: approval.decision, detail: `By ${approval.by} at ${at}` };
}
