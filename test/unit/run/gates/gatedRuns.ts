import type { SharedState } from '../../../../functions/ledger/sharedState.ts';
import { noDispatcher } from '../../../../functions/ledger/sharedState.ts';
import type { RunMessage } from '../../../../functions/queue/runMessage.ts';
import type { GatedRun } from '../../../../functions/run/gates/gate.ts';
import { askMave } from '../../../../functions/triggers/actions.ts';
import type { Trigger } from '../../../../functions/triggers/trigger.ts';
import { receivedAtMs, runMessage } from '../../runMessages.ts';

/** When the gates are asked: a second after the event has arrived. */
export const nowMs = receivedAtMs + 1_000;

/** A shared state that stops no run. */
const calm: SharedState = {
  operator: { pausedSinceMs: new Map(), budgetCredits: new Map() },
  breaker: { failures: 0, openUntilMs: 0, opens: 0, reason: '', probe: '', probeUntilMs: 0 },
  usage: undefined,
  paceHeldUntilMs: 0,
  nextSlotAtMs: 0,
  dispatcher: noDispatcher,
  callsUnderWay: 0,
  committedCredits: new Map(),
};

/** What differs from the usual run. */
export interface RunChanges extends Partial<Omit<GatedRun, 'message' | 'trigger' | 'shared'>> {
  readonly message?: Partial<RunMessage>;
  readonly trigger?: Partial<Trigger>;
  readonly shared?: Partial<SharedState>;
}

/** A run as its gates see it, with a shared state that stops no run. */
export function gatedRun({ message, trigger, shared, ...changes }: RunChanges = {}): GatedRun {
  const queued = runMessage(message);
  return {
    message: queued,
    lease: { runId: queued.runId, owner: 'me' },
    trigger: {
      name: queued.trigger,
      when: 'type = "track"',
      run: askMave(() => ({ message: 'Why?' })),
      ...trigger,
    },
    keys: {},
    onReserved: () => undefined,
    shared: { ...calm, ...shared },
    estimatedCredits: 50,
    history: [],
    nowMs,
    ...changes,
  };
}
