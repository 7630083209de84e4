import { describe, expect, it } from 'vitest';
import { failedMessageIds } from '../../local/eventSourceMapping/failedMessageIds.ts';

const ids = ['a', 'b'];
const failing = { ok: false, error: { errorType: 'Error', errorMessage: 'x' } } as const;

function failed(answer: unknown): readonly string[] {
  return failedMessageIds({ ok: true, payload: JSON.stringify(answer) }, ids, true);
}

describe('the messages of a batch that stay in the queue', () => {
  it('are all of them when the invocation failed', () => {
    expect(failedMessageIds(failing, ids, true)).toEqual(ids);
    expect(failedMessageIds(failing, ids, false)).toEqual(ids);
  });

  it('are none when it succeeded without ReportBatchItemFailures', () => {
    const payload = JSON.stringify({ batchItemFailures: [{ itemIdentifier: 'a' }] });
    expect(failedMessageIds({ ok: true, payload }, ids, false)).toEqual([]);
  });

  it.each([null, {}, { batchItemFailures: null }, { batchItemFailures: [] }])(
    'are none when the answer is %j',
    (answer) => {
      expect(failed(answer)).toEqual([]);
    },
  );

  it('are those that the answer names', () => {
    expect(failed({ batchItemFailures: [{ itemIdentifier: 'b' }] })).toEqual(['b']);
  });

  it.each([
    ['a string', 'nonsense'],
    ['an identifier that is empty', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['an identifier that is null', { batchItemFailures: [{ itemIdentifier: null }] }],
    ['another key', { batchItemFailures: [{ id: 'a' }] }],
    ['a message that is not in the batch', { batchItemFailures: [{ itemIdentifier: 'c' }] }],
  ])('are all of them when the answer is malformed: %s', (_, answer) => {
    expect(failed(answer)).toEqual(ids);
  });
});
