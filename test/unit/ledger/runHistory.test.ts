import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addToHistory, type HistoryEntry, readHistory } from '../../../functions/ledger/runItem.ts';
import { anyText } from '../jsonArbitrary.ts';

const nowMs = 1_767_225_600_000;
const waits = (atMs: number, reason: string): HistoryEntry => ({
  atMs,
  what: 'waits',
  reason,
  untilMs: atMs + 60_000,
});
const calls = (atMs: number): HistoryEntry => ({ atMs, what: 'calls' });

/** The history after these entries, added one by one. */
function historyOf(entries: readonly HistoryEntry[]): readonly HistoryEntry[] {
  return entries.reduce<readonly HistoryEntry[]>(addToHistory, []);
}

describe('the history of a run', () => {
  it('the history has what happened, oldest first', () => {
    const entries: readonly HistoryEntry[] = [
      { atMs: nowMs, what: 'taken' },
      waits(nowMs + 1, 'pace'),
      calls(nowMs + 2),
      { atMs: nowMs + 3, what: 'answered' },
      { atMs: nowMs + 4, what: 'done' },
    ];
    expect(historyOf(entries)).toEqual(entries);
  });

  it('waits of one reason in a row are one entry, with their number, the first and last time, and until when', () => {
    const entries = [0, 1, 2].map((minute) => waits(nowMs + minute * 60_000, 'pace_full'));
    expect(historyOf(entries)).toEqual([
      {
        atMs: nowMs,
        what: 'waits',
        reason: 'pace_full',
        times: 3,
        lastAtMs: nowMs + 120_000,
        untilMs: nowMs + 180_000,
      },
    ]);
  });

  it('waits of two reasons, or with something between them, are entries of their own', () => {
    const entries = [
      waits(nowMs, 'pace'),
      waits(nowMs + 1, 'pace_full'),
      waits(nowMs + 2, 'pace'),
      calls(nowMs + 3),
      waits(nowMs + 4, 'pace'),
    ];
    expect(historyOf(entries)).toEqual(entries);
  });

  it('an end or a call is not counted with the waits around it that have its reason', () => {
    const reason = 'trigger_unknown';
    const entries: readonly HistoryEntry[] = [
      waits(nowMs, reason),
      { atMs: nowMs + 1, what: 'failed', reason },
      waits(nowMs + 2, reason),
    ];
    expect(historyOf(entries)).toEqual(entries);
  });

  it('two equal calls in a row are two entries', () => {
    expect(historyOf([calls(nowMs), calls(nowMs + 1)])).toHaveLength(2);
  });

  it('adding an entry leaves the history before it unchanged', () => {
    const before = Object.freeze([Object.freeze(waits(nowMs, 'pace'))]);
    expect(addToHistory(before, waits(nowMs + 1, 'pace'))).toHaveLength(1);
    expect(before).toEqual([waits(nowMs, 'pace')]);
  });

  it('a history of more than 40 entries loses its middle', () => {
    const all = Array.from({ length: 500 }, (_none, index) => calls(nowMs + index));
    expect(historyOf(all.slice(0, 40))).toEqual(all.slice(0, 40));
    for (const length of [41, 42, 500]) {
      const entries = all.slice(0, length);
      expect(historyOf(entries)).toEqual([...entries.slice(0, 20), ...entries.slice(-20)]);
    }
  });

  it('any history has at most 40 entries, in their order, with the newest', () => {
    const entry = fc.oneof(
      fc.constantFrom('pace', 'pace_full').map((reason) => waits(0, reason)),
      fc.constantFrom<HistoryEntry>(calls(0), { atMs: 0, what: 'answered' }),
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 150 }), (drawn) => {
        const entries = drawn.map((one, atMs) => ({ ...one, atMs }));
        const history = historyOf(entries);
        expect(history.length).toBeLessThanOrEqual(40);
        const times = history.map(({ atMs }) => atMs);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        const last = history.at(-1);
        expect(last?.lastAtMs ?? last?.atMs).toBe(entries.at(-1)?.atMs);
      }),
    );
  });
});

describe('the history as the ledger has it', () => {
  it.each([
    'taken',
    'waits',
    'calls',
    'answered',
    'recovered',
    'done',
    'failed',
    'skipped',
    'redriven',
    'reported',
  ] as const)('everything that can happen to a run is read from the ledger: %s', (what) => {
    expect(readHistory(JSON.stringify([{ atMs: nowMs, what }]))).toEqual([{ atMs: nowMs, what }]);
  });

  it('a history is read as it was written', () => {
    const history = historyOf([
      { atMs: nowMs, what: 'taken' },
      waits(nowMs, 'pace'),
      waits(nowMs + 1, 'pace'),
      { atMs: nowMs + 2, what: 'redriven' },
      { atMs: nowMs + 3, what: 'failed', reason: 'mavera_400' },
    ]);
    expect(readHistory(JSON.stringify(history))).toEqual(history);
  });

  it('the history is empty for a run of an earlier version, which has none', () => {
    expect(readHistory(undefined)).toEqual([]);
  });

  it.each([
    '',
    'text',
    '{}',
    'null',
    '[null]',
    '[{"what":"taken"}]',
    '[{"atMs":"1","what":"taken"}]',
    '[{"atMs":1,"what":"sung"}]',
  ])('a value that is not a history is read as an empty one, because no run may fail for it: %j', (json) => {
    expect(readHistory(json)).toEqual([]);
  });

  it('reading a history never throws', () => {
    fc.assert(
      fc.property(anyText, (json) => {
        expect(Array.isArray(readHistory(json))).toBe(true);
      }),
    );
  });
});
