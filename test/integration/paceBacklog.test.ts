import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pace } from '../../functions/ledger/pace.ts';
import type { GatedRun } from '../../functions/run/gates/gate.ts';
import { PaceGate } from '../../functions/run/gates/paceGate.ts';
import { startWorld, type World } from './world.ts';

const startMs = Date.parse('2026-11-20T12:00:00Z');
const minuteMs = 60_000;
const runners = 10;

/** A message of the queue, on simulated time. */
interface Waiting {
  readonly visibleAtMs: number;
  readonly slotAtMs?: number | undefined;
}

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

/**
 * Ten runners work off a queue on simulated time, with the real pace in the ledger. Messages that are visible are
 * taken in no order, as SQS does.
 *
 * @returns when each call to Mavera started, in order
 */
async function workOff(
  backlog: number,
  minutes: number,
  callMs: number,
  handlingMs: number,
): Promise<number[]> {
  const random = seededRandom();
  const gate = new PaceGate(new Pace(world.clients.dynamodb, world.table), 60, random);
  const queue: Waiting[] = Array.from({ length: backlog }, () => ({ visibleAtMs: startMs }));
  const freeAtMs: number[] = Array.from({ length: runners }, () => startMs);
  const calls: number[] = [];
  for (;;) {
    freeAtMs.sort((a, b) => a - b);
    const soonestMs = queue.reduce((soonest, { visibleAtMs }) => Math.min(soonest, visibleAtMs), Infinity);
    const nowMs = Math.max(freeAtMs[0] ?? 0, soonestMs);
    if (nowMs > startMs + minutes * minuteMs) {
      return calls.sort((a, b) => a - b);
    }
    const visible = queue.filter(({ visibleAtMs }) => visibleAtMs <= nowMs);
    const [taken] = visible.slice(Math.floor(random() * visible.length));
    queue.splice(queue.indexOf(taken as Waiting), 1);
    const decision = await gate.decide({ message: { slotAtMs: taken?.slotAtMs }, nowMs } as GatedRun);
    if (decision.kind === 'wait') {
      const delaySeconds = Math.min(900, Math.floor((decision.untilMs - nowMs) / 1000));
      queue.push({ visibleAtMs: nowMs + delaySeconds * 1000, slotAtMs: decision.slotAtMs });
      freeAtMs[0] = nowMs + handlingMs;
    } else if (decision.kind === 'pass') {
      const callAtMs = Math.max(nowMs, decision.startAtMs ?? nowMs);
      calls.push(callAtMs);
      freeAtMs[0] = callAtMs + callMs;
    }
  }
}

function seededRandom(): () => number {
  let state = 1;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

function mostInAnyMinute(calls: readonly number[]): number {
  return Math.max(...calls.map((from) => calls.filter((at) => at >= from && at < from + minuteMs).length));
}

describe('a backlog beyond what slots are given ahead for', () => {
  it('uses at least 95 % of the limit and never more than the limit in any 60 seconds', async () => {
    const minutes = 25;
    const calls = await workOff(1_800, minutes, 5_000, 50);
    expect(mostInAnyMinute(calls)).toBeLessThanOrEqual(60);
    expect(calls.length).toBeGreaterThanOrEqual(0.95 * 60 * minutes);
  });
});
