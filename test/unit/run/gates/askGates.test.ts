import { describe, expect, it } from 'vitest';
import { askGates } from '../../../../functions/run/gates/askGates.ts';
import type { Gate, GateDecision, GatedRun } from '../../../../functions/run/gates/gate.ts';
import { parseSegmentEvent } from '../../../../functions/sources/segment/event.ts';
import { askMave } from '../../../../functions/triggers/actions.ts';
import { trackEvent } from '../../segmentEvents.ts';

const parsed = parseSegmentEvent(trackEvent());
const run: GatedRun = {
  message: {
    version: 1,
    runId: '0'.repeat(40),
    trigger: 'why',
    source: 'segment',
    route: 'default',
    receivedAtMs: 0,
    deadlineAtMs: 1_000,
    event: parsed.ok
      ? parsed.event
      : { type: 'track', properties: {}, traits: {}, context: {}, integrations: {} },
  },
  trigger: { name: 'why', when: 'type = "track"', run: askMave(() => ({ message: 'Why?' })) },
  request: { method: 'POST', path: '/mave/chat' },
  estimatedCredits: 50,
  nowMs: 500,
};

/** Gates that decide so, and the runs that each of them was asked about. */
function gatesDeciding(...decisions: readonly GateDecision[]): {
  readonly gates: readonly Gate[];
  readonly asked: (GatedRun | undefined)[];
} {
  const asked: (GatedRun | undefined)[] = decisions.map(() => undefined);
  const gates = decisions.map(
    (decision, index): Gate => ({
      decide: async (about) => {
        asked[index] = about;
        return decision;
      },
    }),
  );
  return { gates, asked };
}

describe('a run before its gates', () => {
  it('passes where there are none', async () => {
    expect(await askGates([], run)).toEqual({ kind: 'pass' });
  });

  it('passes when all let it, each of them asked about it', async () => {
    const { gates, asked } = gatesDeciding({ kind: 'pass' }, { kind: 'pass' });
    expect(await askGates(gates, run)).toEqual({ kind: 'pass' });
    expect(asked).toEqual([run, run]);
  });

  it('keeps the start that a gate has set, though later gates set none', async () => {
    const { gates } = gatesDeciding(
      { kind: 'pass', startAtMs: 700, lateByMs: 1_000 },
      { kind: 'pass', startAtMs: 800 },
      { kind: 'pass' },
    );
    expect(await askGates(gates, run)).toEqual({ kind: 'pass', startAtMs: 800, lateByMs: 1_000 });
  });

  it.each([
    { kind: 'wait', untilMs: 900, reason: 'pace', slotAtMs: 900 },
    { kind: 'skip', reason: 'cooldown' },
  ] as const)('is decided on by the first that does not let it pass: $kind', async (decision) => {
    const { gates, asked } = gatesDeciding({ kind: 'pass', startAtMs: 700 }, decision, { kind: 'pass' });
    expect(await askGates(gates, run)).toEqual(decision);
    expect(asked).toEqual([run, run, undefined]);
  });

  it('waits for each answer before the next gate is asked, which may reserve something', async () => {
    const order: string[] = [];
    const gate = (name: string): Gate => ({
      decide: async () => {
        order.push(`${name} asked`);
        await Promise.resolve();
        order.push(`${name} answered`);
        return { kind: 'pass' };
      },
    });
    await askGates([gate('budget'), gate('pace')], run);
    expect(order).toEqual(['budget asked', 'budget answered', 'pace asked', 'pace answered']);
  });
});
