import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runIdFor } from '../../../functions/ledger/keys.ts';
import { dayKeys, dayOf } from '../../../functions/ledger/runItem.ts';

const atMs = Date.parse('2026-11-21T23:59:59.999Z');
const anyRunId = fc.stringMatching(/^[0-9a-f]{40}$/);
const anyTimeMs = fc.integer({ min: 0, max: Date.parse('2100-01-01T00:00:00Z') });

function runIds(count: number): readonly string[] {
  const identity = { source: 'segment', route: 'default', messageId: undefined, element: {} } as const;
  return Array.from({ length: count }, (_none, index) => runIdFor(identity, `id:m-${index}`, 'churn-signal'));
}

describe('the day of a run in the index', () => {
  it('is the UTC day of its arrival and a shard of its id, the same in every release', () => {
    expect(dayOf('3ae2d7a2fe167690bace22396d933420dd9ffc3b', atMs)).toBe('2026-11-21#3');
    expect(dayOf('d9761e60a8cf49c62b055110ebcc625e1108b745', atMs + 1)).toBe('2026-11-22#5');
  });

  it('is one of the keys that readers ask for', () => {
    fc.assert(
      fc.property(anyRunId, anyTimeMs, (runId, receivedAtMs) => {
        expect(dayKeys(new Date(receivedAtMs).toISOString().slice(0, 10))).toContain(
          dayOf(runId, receivedAtMs),
        );
      }),
    );
  });

  it('spreads the runs of a day evenly over eight keys', () => {
    const counts = new Map<string, number>();
    for (const runId of runIds(8_000)) {
      const day = dayOf(runId, atMs);
      counts.set(day, (counts.get(day) ?? 0) + 1);
    }
    expect(counts.size).toBe(8);
    // Six standard deviations of a fair choice are 178.
    for (const count of counts.values()) {
      expect(Math.abs(count - 1_000)).toBeLessThan(178);
    }
  });
});

describe('the keys of a day', () => {
  it('are its eight shards, and the plain day that releases up to 0.2.0 wrote', () => {
    const shards = ['#0', '#1', '#2', '#3', '#4', '#5', '#6', '#7'].map((shard) => `2026-11-21${shard}`);
    expect(dayKeys('2026-11-21')).toEqual([...shards, '2026-11-21']);
  });

  it('are one shard and the plain day for ids that begin alike', () => {
    expect(dayKeys('2026-11-21', 'd9761e')).toEqual(['2026-11-21#5', '2026-11-21']);
    fc.assert(
      fc.property(anyRunId, fc.integer({ min: 1, max: 40 }), (runId, length) => {
        expect(dayKeys('2026-11-21', runId.slice(0, length))).toContain(dayOf(runId, atMs));
      }),
    );
  });
});
