import type { PaceOptions, SlotOutcome } from '../../../functions/ledger/pace.ts';
import type { MaveraAnswer } from '../../../functions/mavera/maveraAnswer.ts';
import type { MaveraRequest } from '../../../functions/mavera/maveraClient.ts';
import type { RunnerDependencies } from '../../../functions/run/runDependencies.ts';

/** What of the world a test decides; the clock moves as long as is slept and called. */
export interface FakeWorld {
  nowMs: number;
  /** How much longer than asked for each sleep lasts. */
  oversleepsMs: number;
  /** How long each call to Mavera takes. */
  callMs: number;
  random: number;
  answers: MaveraAnswer[];
  /** Absent: the slot is now. */
  reservations: SlotOutcome[];
  holdFails: boolean;
  readonly slept: number[];
  readonly calls: { readonly request: MaveraRequest; readonly apiKey: string; readonly atMs: number }[];
  readonly reserved: PaceOptions[];
  readonly holds: number[];
  readonly troubles: string[];
}

export const startMs = 1_800_000_000_000;

export function fakeWorld(): FakeWorld {
  return {
    nowMs: startMs,
    oversleepsMs: 0,
    callMs: 7,
    random: 0.5,
    answers: [],
    reservations: [],
    holdFails: false,
    slept: [],
    calls: [],
    reserved: [],
    holds: [],
    troubles: [],
  };
}

/** The runner's dependencies in such a world, as far as calls need them: at 600 requests a minute, 100 s for a call. */
export function dependenciesIn(world: FakeWorld): RunnerDependencies {
  const some: Partial<Record<keyof RunnerDependencies, unknown>> = {
    settings: { maxAttempts: 3, runRetentionMs: 1, requestsPerMinute: 600, maveraTimeoutMs: 100_000 },
    now: () => world.nowMs,
    random: () => world.random,
    sleep: async (ms: number) => {
      world.slept.push(ms);
      world.nowMs += ms + world.oversleepsMs;
    },
    onTrouble: (what: string) => world.troubles.push(what),
    mavera: {
      call: async (request: MaveraRequest, apiKey: string) => {
        world.calls.push({ request, apiKey, atMs: world.nowMs });
        world.nowMs += world.callMs;
        return world.answers.shift() ?? { kind: 'answered', json: {} };
      },
    },
    pace: {
      takeSlot: async (terms: PaceOptions) => {
        world.reserved.push(terms);
        return world.reservations.shift() ?? { kind: 'reserved', slotAtMs: terms.nowMs };
      },
      holdUntil: async (untilMs: number) => {
        world.holds.push(untilMs);
        if (world.holdFails) {
          throw new Error('down');
        }
      },
    },
  };
  return some as unknown as RunnerDependencies;
}
