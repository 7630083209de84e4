import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parkedMessage, parkedRun, partKeysOf } from '../../../functions/ledger/parkedItem.ts';

const runId = 'a'.repeat(40);
const deflated = deflateRawSync('{"version":1}');
const item = {
  pk: { S: `parked#${runId}` },
  lane: { S: 'churn-signal#2' },
  orderMs: { N: '1764000000000' },
  trigger: { S: 'churn-signal' },
  number: { N: '3' },
  endsAtMs: { N: '1764003600000' },
  credits: { N: '12.5' },
  message: { B: deflated },
};

describe('a parked run', () => {
  it('is read from its item without its message', () => {
    expect(parkedRun(item)).toEqual({
      runId,
      lane: 'churn-signal',
      trigger: 'churn-signal',
      number: 3,
      orderMs: 1_764_000_000_000,
      endsAtMs: 1_764_003_600_000,
      credits: 12.5,
    });
  });

  it('has no further parts unless its item says so', () => {
    expect(partKeysOf(item)).toEqual([]);
    expect(partKeysOf({ ...item, furtherParts: { N: '2' } })).toEqual([
      `parkedPart#${runId}-3#2`,
      `parkedPart#${runId}-3#3`,
    ]);
  });
});

describe('the message of a parked run', () => {
  it('is put together from the item and its further parts, in their order', () => {
    expect(parkedMessage(item, new Map())).toEqual({ number: 3, body: '{"version":1}' });
    const cut = { ...item, message: { B: deflated.subarray(0, 4) }, furtherParts: { N: '2' } };
    const parts = new Map([
      [`parkedPart#${runId}-3#3`, { part: { B: deflated.subarray(8) } }],
      [`parkedPart#${runId}-3#2`, { part: { B: deflated.subarray(4, 8) } }],
    ]);
    expect(parkedMessage(cut, parts)).toEqual({ number: 3, body: '{"version":1}' });
  });

  // Raw deflate has no checksum: what is there may look whole.
  it('is not read while a part is missing, also if the rest can be inflated', () => {
    expect(parkedMessage({ ...item, furtherParts: { N: '1' } }, new Map())).toBeUndefined();
    expect(parkedMessage({ pk: item.pk }, new Map())).toBeUndefined();
  });

  it('is not read if it is damaged', () => {
    expect(parkedMessage({ ...item, message: { B: Buffer.from('no') } }, new Map())).toBeUndefined();
  });
});
