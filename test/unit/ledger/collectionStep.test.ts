import { describe, expect, it } from 'vitest';
import { type CollectionStep, joinStep } from '../../../functions/ledger/collectionStep.ts';
import { type LedgerItem, number, text } from '../../../functions/ledger/ledgerTable.ts';

const nowMs = 1_000_000;
const joining = {
  runId: 'r'.repeat(40),
  eventBytes: 100,
  nowMs,
  withinMs: 60_000,
  maxCount: 5,
  maxBytes: 1_000,
};

/** A collection of two events with 200 bytes, which closes in a second. */
function found(changes: LedgerItem = {}): LedgerItem {
  return {
    collectionId: text('open-1'),
    count: number(2),
    bytes: number(200),
    closesAtMs: number(nowMs + 1_000),
    state: text('open'),
    ...changes,
  };
}

function join(item: LedgerItem | undefined, changes: Partial<typeof joining> = {}): CollectionStep {
  return joinStep(item, { ...joining, ...changes });
}

describe('a run that finds no open collection', () => {
  it('opens one that is named after the run and its time', () => {
    expect(join(undefined)).toEqual({
      id: `${joining.runId}-${nowMs}`,
      count: 1,
      bytes: 100,
      closesAtMs: nowMs + 60_000,
      closes: false,
      before: { id: undefined, count: 0, isOpen: false },
    });
  });

  it('opens one in place of a closed one, and says which one it found', () => {
    const closed = found({ state: text('closed') });
    expect(join(closed)).toMatchObject({
      id: `${joining.runId}-${nowMs}`,
      count: 1,
      bytes: 100,
      before: { id: 'open-1', count: 2, isOpen: false },
    });
  });

  it.each([
    [{ maxCount: 1 }, true],
    [{ maxCount: 2 }, false],
    [{ maxBytes: 100 }, true],
    [{ maxBytes: 101 }, false],
  ])('closes it at once if its own event is enough: %j', (limits, closes) => {
    expect(join(undefined, limits).closes).toBe(closes);
  });
});

describe('a run that finds an open collection', () => {
  it('adds its event to it, and leaves its end as it is', () => {
    expect(join(found())).toEqual({
      id: 'open-1',
      count: 3,
      bytes: 300,
      closesAtMs: nowMs + 1_000,
      closes: false,
      before: { id: 'open-1', count: 2, isOpen: true },
    });
  });

  it.each([
    ['its event is the last one that fits', {}, { maxCount: 3 }, true],
    ['one more event fits', {}, { maxCount: 4 }, false],
    ['its event fills it', {}, { maxBytes: 300 }, true],
    ['a byte is left', {}, { maxBytes: 301 }, false],
    ['its time is over', { closesAtMs: number(nowMs) }, {}, true],
    ['its time is not over', { closesAtMs: number(nowMs + 1) }, {}, false],
  ])('closes it, or not, if %s', (_what, item, limits, closes) => {
    expect(join(found(item), limits).closes).toBe(closes);
  });

  it('counts no bytes for the events of a release that did not note them', () => {
    const { bytes: _, ...older } = found();
    expect(join(older)).toMatchObject({ bytes: 100, count: 3 });
  });
});

describe('a collection of which the item lacks attributes', () => {
  it('counts as empty, without an id, and its time is over', () => {
    expect(join({ state: text('open') })).toEqual({
      id: '',
      count: 1,
      bytes: 100,
      closesAtMs: 0,
      closes: true,
      before: { id: undefined, count: 0, isOpen: true },
    });
  });
});
