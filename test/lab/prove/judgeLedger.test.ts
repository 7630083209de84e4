import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { judgeLedger } from '../../../lab/prove/evidence/judgeLedger.ts';

const nowMs = 1_000_000;

type Item = Record<string, AttributeValue>;

function run(id: string, more: Item = {}): Item {
  return {
    pk: { S: `run#${id}` },
    state: { S: 'done' },
    trigger: { S: 'ask' },
    creditsUsed: { N: '50' },
    ...more,
  };
}

function budget(committed: number, spent: number): Item {
  return {
    pk: { S: 'budget#ask#2026-11' },
    committedCredits: { N: `${committed}` },
    spentCredits: { N: `${spent}` },
  };
}

describe('a ledger whose runs have ended', () => {
  it('a ledger is right when its budgets have spent what its runs have used, and every end was published', () => {
    expect(judgeLedger([run('a'), run('b'), budget(100, 100)], new Set(['a', 'b']), nowMs)).toEqual([]);
  });

  it('a ledger is wrong when a run waits, has credits reserved, or was not published', () => {
    const waiting = run('a', { state: { S: 'calling' }, creditsReserved: { N: '50' } });
    expect(judgeLedger([waiting], new Set(), nowMs)).toEqual([
      'run#a is calling',
      'run#a has 50 credits reserved',
      'the end of run#a was not published',
    ]);
  });

  it('a ledger is wrong when credits stay reserved, or were spent that no run has used', () => {
    expect(judgeLedger([run('a'), budget(100, 50)], new Set(['a']), nowMs)).toEqual([
      'budget#ask#2026-11 has committedCredits 100, but spentCredits 50',
    ]);
    expect(judgeLedger([run('a'), budget(50, 0)], new Set(['a']), nowMs)).toEqual([
      'budget#ask#2026-11 has committedCredits 50, but spentCredits 0',
      'budget#ask#2026-11 has spentCredits 0, its runs have used 50, and at most 50 may be billed',
    ]);
  });

  it('a ledger is right when a budget keeps the estimate of a failed call that may have been billed', () => {
    const judge = (spent: number, failed: number): readonly string[] =>
      judgeLedger(
        [run('a'), budget(spent, spent)],
        new Set(['a']),
        nowMs,
        new Map([['ask', { calls: failed, estimatedCredits: 20 }]]),
      );
    expect(judge(50, 1)).toEqual([]);
    expect(judge(70, 1)).toEqual([]);
    expect(judge(70, 0)).toHaveLength(1);
    expect(judge(60, 1)).toHaveLength(1);
    expect(judge(90, 1)).toEqual([
      'budget#ask#2026-11 has spentCredits 90, its runs have used 50, and at most 70 may be billed',
    ]);
  });

  it('a ledger is wrong when a concurrency cap counts a call for too long', () => {
    const cap = (untilMs: number): Item => ({
      pk: { S: 'cap#askMave' },
      holders: { M: { a: { N: `${untilMs}` } } },
    });
    expect(judgeLedger([cap(nowMs + 900_000)], new Set(), nowMs)).toEqual([]);
    expect(judgeLedger([cap(nowMs + 900_001)], new Set(), nowMs)).toEqual([
      'cap#askMave counts the call of a too long',
    ]);
  });
});
