import { describe, expect, it } from 'vitest';
import { type CallRecord, callSentence } from '../../../functions/access/callRecord.ts';
import { type OperationName, operations } from '../../../functions/access/operations.ts';

const record: CallRecord = {
  record: 'call',
  phase: 'ended',
  atMs: 0,
  agent: 'trigger/churn-signal',
  operation: 'askMave',
  system: 'mavera',
  resource: 'mavera.mave',
  level: 'write',
  host: 'app.mavera.io',
  decision: 'allowed',
  why: 'it declares askMave',
  runId: '4f2a91c0ffee4f2a91c0ffee4f2a91c0ffee0000',
  outcome: 'answered',
  status: 200,
  durationMs: 21_400,
  credits: 23,
};
const refused: CallRecord = {
  ...record,
  phase: 'refused',
  decision: 'refused',
  why: 'it has off on mavera.mave, and askMave needs write',
  outcome: undefined,
};
const asked = 'Trigger churn-signal asked Mave a question at app.mavera.io: allowed, it declares askMave.';

describe('a record as a sentence', () => {
  it.each<[string, CallRecord, string]>([
    ['a call that was answered', record, `${asked} Answered 200 in 21 s, 23 credits. Run 4f2a91.`],
    [
      'a call without credits',
      { ...record, credits: undefined, durationMs: 340 },
      `${asked} Answered 200 in 0.3 s. Run 4f2a91.`,
    ],
    [
      'a call that is about to be made',
      { ...record, phase: 'begins', outcome: undefined },
      'Trigger churn-signal is about to ask Mave a question at app.mavera.io: allowed, it declares askMave. Run 4f2a91.',
    ],
    [
      'a call that the system refused',
      { ...record, outcome: 'refused', status: 429, credits: undefined, durationMs: 9_940 },
      `${asked} Answered 429 in 9.9 s. Run 4f2a91.`,
    ],
    [
      'a call that a proxy refused',
      { ...record, outcome: 'blocked', status: 403, durationMs: 100 },
      `${asked} Something in front of it answered 403 in 0.1 s. Run 4f2a91.`,
    ],
    [
      'a call whose answer was lost',
      { ...record, outcome: 'lost', status: undefined, durationMs: 150_000 },
      `${asked} No complete answer came in 150 s. Run 4f2a91.`,
    ],
    [
      'a call without a connection',
      { ...record, outcome: 'unreachable', status: undefined, runId: undefined },
      'Trigger churn-signal tried to ask Mave a question at app.mavera.io: allowed, it declares askMave. There was no connection.',
    ],
    [
      'a call that was refused',
      refused,
      'Trigger churn-signal wanted to ask Mave a question at app.mavera.io: refused, it has off on mavera.mave, and askMave needs write. Nothing was called. Run 4f2a91.',
    ],
    [
      'a call that was refused again and again',
      { ...refused, runId: undefined, repeated: 98 },
      'Trigger churn-signal wanted to ask Mave a question at app.mavera.io: refused, it has off on mavera.mave, and askMave needs write. Nothing was called. 98 more such calls were refused since the last record.',
    ],
    [
      'a call of no known operation, of a pull, to a system without a host',
      {
        ...refused,
        agent: 'pull/a/b',
        operation: 'unknown',
        resource: undefined,
        level: undefined,
        host: undefined,
        why: 'there is no such operation',
      },
      'Pull a/b wanted to call mavera: refused, there is no such operation. Nothing was called. Run 4f2a91.',
    ],
  ])('%s', (_what, told, sentence) => {
    expect(callSentence(told)).toBe(sentence);
  });

  it.each(Object.keys(operations) as OperationName[])('says in English what %s does', (operation) => {
    const { system } = operations[operation];
    expect(callSentence({ ...record, operation, system })).toMatch(
      /^Trigger churn-signal (?:asked|created|listed|read|sent|started|updated) (?:[A-Za-z']+ )+at app\.mavera\.io: /,
    );
  });
});
