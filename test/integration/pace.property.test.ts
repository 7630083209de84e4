import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPersona, defineTriggers } from '../../functions/index.ts';
import { writeRunMessage } from '../../functions/queue/runMessage.ts';
import { newRun } from './runnerWorld.ts';
import { startFleet, usageIsKnown } from './simulation/simulatedFleet.ts';

const startMs = Date.parse('2026-11-20T12:00:00Z');
const hourMs = 3_600_000;
const triggers = defineTriggers([
  {
    name: 'persona',
    when: 'event = "x"',
    run: createPersona(({ event }) => ({ name: `Persona of ${event.userId}`, description: 'A customer.' })),
  },
]);

const fleets = fc.record({
  environments: fc.integer({ min: 3, max: 12 }),
  clockSkewMs: fc.integer({ min: 0, max: 2_000 }),
  callMs: fc.integer({ min: 10, max: 400 }),
  deliveryMs: fc.integer({ min: 0, max: 200 }),
  crashes: fc.constantFrom(0, 0, 0.1, 0.3),
  seed: fc.nat(),
});

describe('the pace', () => {
  it('the pace holds for any environments, with any clocks, also when some die', async () => {
    await fc.assert(
      fc.asyncProperty(fleets, async (drawn) => {
        // An environment takes up to two seconds for a run: with more runs the environments would be the limit.
        const requestsPerMinute = drawn.environments * 15;
        const fleet = await startFleet({ triggers, startMs, requestsPerMinute, ...drawn });
        try {
          await usageIsKnown(fleet);
          const runs = Math.ceil(requestsPerMinute * 2.2);
          for (let run = 0; run < runs; run += 1) {
            const message = newRun('persona', startMs, { deadlineAtMs: startMs + 96 * hourMs });
            const event = { ...message.event, userId: `u-${run}` };
            fleet.queue.add(writeRunMessage({ ...message, event }));
          }
          await fleet.work(startMs + 24 * hourMs);
          const calls = fleet.mavera.calls();
          const atMs = calls.map((call) => call.atMs);
          expect(fleet.mavera.personas()).toHaveLength(runs);
          expect(calls.filter(({ status }) => status === 429)).toEqual([]);
          expect(fleet.mavera.peaks().callsPerWindow).toBeLessThanOrEqual(requestsPerMinute);
          if (drawn.crashes === 0) {
            const minutes = (Math.max(...atMs) - startMs) / 60_000;
            expect((runs - 1) / minutes / requestsPerMinute).toBeGreaterThanOrEqual(0.95);
          }
        } finally {
          await fleet.stop();
        }
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });
});
