import { describe, expect, it } from 'vitest';
import { dollarsPerMillion } from '../../../lab/bench/cost/dollars.ts';
import type { EventCost } from '../../../lab/bench/measure/eventCost.ts';

const nothing: EventCost = {
  cpuMs: 0,
  wallMs: 0,
  calls: 0,
  requests: 0,
  billedMs: 0,
  billed: { writeUnits: 0, queueRequests: 0 },
  messages: 0,
  logBytes: 0,
};

describe('the cost of a million events', () => {
  it.each([
    ['two writes each', { billed: { writeUnits: 2, queueRequests: 0 } }, 'ledger', 1.25],
    ['one send each', { billed: { writeUnits: 0, queueRequests: 1 } }, 'queue', 0.4],
    ['the receive and the delete of each message', { messages: 1 }, 'queue', 0.8],
    ['an invocation each', { requests: 1 }, 'lambda', 0.2],
    ['ten milliseconds each at 1,769 MB', { billedMs: 10 }, 'lambda', 10_000 * (1769 / 1024) * 0.0000133334],
    ['a log line of 1 KiB each', { logBytes: 1024 }, 'logs', 1e6 * 0.5 * 2 ** -20],
  ] as const)('the cost of a million events counts %s', (_what, changed, part, dollars) => {
    const cost = dollarsPerMillion({ ...nothing, ...changed });
    expect(cost[part]).toBeCloseTo(dollars, 10);
    expect(cost.total).toBeCloseTo(dollars, 10);
  });

  it('the cost of a million events is the sum of its parts', () => {
    const { total, ...parts } = dollarsPerMillion({
      ...nothing,
      requests: 1,
      billed: { writeUnits: 2, queueRequests: 1 },
      messages: 1,
      logBytes: 500,
    });
    expect(total).toBeCloseTo(Object.values(parts).reduce((sum, part) => sum + part, 0));
    expect(parts.ledger).toBeCloseTo(1.25);
    expect(parts.queue).toBeCloseTo(1.2);
  });
});
