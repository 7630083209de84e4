import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { Pace } from '../../functions/ledger/pace.ts';
import { gateOn } from '../unit/systems/gateOn.ts';
import { startWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const call = {
  agent: 'trigger/reports',
  operation: 'readSegopsSegment',
  request: { path: { segment: '1' } },
} as const;
const intervalMs = 1_000;

/** One environment's gate: its clock stands still, and what it sleeps is gathered. Nothing listens at its system. */
function environment(table: string, nowMs: number, slotsAtMs: number[]) {
  const pace = {
    slots: new Pace(new LedgerTable(world.clients.dynamodb, table), 'segops'),
    intervalMs: () => intervalMs,
  };
  const sleep = async (ms: number): Promise<void> => {
    slotsAtMs.push(nowMs + ms);
  };
  return gateOn('segops', { baseUrl: 'http://127.0.0.1:1', pace, now: () => nowMs, sleep });
}

describe('the pace that environments share for a system', () => {
  it('gives each call a slot of its own, 5 s ahead at most, and refuses the others for now', async () => {
    const table = await world.newTable();
    const nowMs = Date.now();
    const slotsAtMs: number[] = [];
    const gates = [1, 2, 3].map(() => environment(table, nowMs, slotsAtMs));
    const answers = await Promise.all([...gates, ...gates, ...gates].map((gate) => gate.call(call)));
    const kinds = answers.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'busy')).toHaveLength(3);
    expect([...slotsAtMs].sort()).toEqual([0, 1, 2, 3, 4, 5].map((slot) => nowMs + slot * intervalMs));
    for (const answer of answers) {
      if (answer.kind === 'busy') {
        expect(answer.untilMs).toBe(nowMs + intervalMs);
      }
    }
  });

  it('is not that of Mavera, nor that of another system', async () => {
    const table = await world.newTable();
    await environment(table, Date.now(), []).call(call);
    expect(await world.item('pace#segops', table)).toBeDefined();
    expect(await world.item('pace#mavera', table)).toBeUndefined();
  });
});
