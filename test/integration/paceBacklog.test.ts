import { describe, expect, it } from 'vitest';
import { createPersona, defineTriggers } from '../../functions/index.ts';
import { writeRunMessage } from '../../functions/queue/runMessage.ts';
import { newRun } from './runnerWorld.ts';
import { type Fleet, startFleet, usageIsKnown } from './simulation/simulatedFleet.ts';

const startMs = Date.parse('2026-11-20T12:00:00Z');
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const triggers = defineTriggers([
  { name: 'persona', when: 'event = "x"', run: createPersona(() => ({ name: 'A persona' })) },
]);

/** Queues runs and works them off. @returns when Mavera was called, by Mavera's clock */
async function workOff(fleet: Fleet, runs: number, untilMs: number): Promise<readonly number[]> {
  await usageIsKnown(fleet);
  for (let run = 0; run < runs; run += 1) {
    fleet.queue.add(writeRunMessage(newRun('persona', startMs, { deadlineAtMs: startMs + 96 * hourMs })));
  }
  await fleet.work(untilMs);
  return fleet.mavera.calls().map(({ atMs }) => atMs);
}

interface Backlog {
  readonly runs: number;
  readonly requestsPerMinute: number;
  readonly callMs: number;
}

/** Ten environments whose clocks are two seconds apart work off a backlog. */
async function expectPace({ runs, requestsPerMinute, callMs }: Backlog): Promise<void> {
  const defaults = { environments: 10, clockSkewMs: 2_000, startMs };
  const fleet = await startFleet({ triggers, requestsPerMinute, callMs, ...defaults });
  try {
    const calls = await workOff(fleet, runs, startMs + hourMs);
    const minutes = (Math.max(...calls) - startMs) / minuteMs;
    expect(fleet.mavera.personas()).toHaveLength(runs);
    // Besides the personas, the usage of the account is read every five minutes.
    expect(calls.length - runs).toBeLessThanOrEqual(minutes / 5);
    expect(fleet.mavera.calls().filter(({ status }) => status !== 201 && status !== 200)).toEqual([]);
    expect(fleet.mavera.peaks().callsPerWindow).toBeLessThanOrEqual(requestsPerMinute);
    expect(runs / minutes / requestsPerMinute).toBeGreaterThanOrEqual(0.95);
  } finally {
    await fleet.stop();
  }
}

describe('a backlog worked off by 10 environments whose clocks are 2 s apart', () => {
  it('at a limit of 600 calls a minute, a backlog never exceeds it, causes no 429 and uses at least 95 % of it', async () => {
    await expectPace({ runs: 1_200, requestsPerMinute: 600, callMs: 200 });
  });

  it('at a limit of 60 calls a minute, the same holds, even for a backlog longer than slots are given out ahead', async () => {
    await expectPace({ runs: 1_000, requestsPerMinute: 60, callMs: 5_000 });
  });
});
