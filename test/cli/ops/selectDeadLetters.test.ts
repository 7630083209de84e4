import { describe, expect, it } from 'vitest';
import type { DeadLetter } from '../../../cli/ops/deadLetters/deadLetter.ts';
import { Selection } from '../../../cli/ops/deadLetters/selection.ts';

const letterOf = (reason: string): DeadLetter => ({
  messageId: reason,
  receiptHandle: reason,
  sentAtMs: 0,
  message: undefined,
  reason,
  detail: '',
});

describe('a selection of dead letters that none matches', () => {
  it('names the reasons that there are, because its own may be misspelt', () => {
    const selection = new Selection([], { reason: 'pul' });
    expect(['pull', 'expired', 'pull'].map((reason) => selection.has(letterOf(reason)))).not.toContain(true);
    expect(selection.whyNone()).toBe('No dead letter matches; there are the reasons expired, pull');
  });

  it('says that there are none at all', () => {
    expect(new Selection([], { all: true }).whyNone()).toBe('There are no dead letters');
  });
});
