import { describe, expect, it } from 'vitest';
import { readOperatorSettings } from '../../../functions/ledger/sharedState.ts';

describe('what operators have set', () => {
  it('operators have set nothing where the item is missing or empty', () => {
    const nothing = { pausedSinceMs: new Map(), budgetCredits: new Map() };
    expect(readOperatorSettings(undefined)).toEqual(nothing);
    expect(readOperatorSettings({ pk: { S: 'operator#settings' } })).toEqual(nothing);
  });

  it('the item says since when triggers are paused, and the credits of budgets', () => {
    const item = {
      pk: { S: 'operator#settings' },
      'paused#churn-signal': { N: '1767225600000' },
      'paused#*': { N: '1767225600001' },
      'budget#churn-signal': { N: '45' },
      'budget#*': { N: '0' },
    };
    expect(readOperatorSettings(item)).toEqual({
      pausedSinceMs: new Map([
        ['churn-signal', 1_767_225_600_000],
        ['*', 1_767_225_600_001],
      ]),
      budgetCredits: new Map([
        ['churn-signal', 45],
        ['*', 0],
      ]),
    });
  });

  it('a pause with a non-numeric value counts from the beginning, and such a budget is ignored', () => {
    const item = { 'paused#*': { BOOL: true }, 'paused#a': { S: '1' }, 'budget#a': { S: '45' } };
    expect(readOperatorSettings(item)).toEqual({
      pausedSinceMs: new Map([
        ['*', 0],
        ['a', 0],
      ]),
      budgetCredits: new Map(),
    });
  });

  it('settings are read although a later version has added others', () => {
    const item = {
      'paused#a': { N: '1' },
      'rate#a': { N: '30' },
      'unpaused#c': { N: '2' },
      note: { S: 'paused#b' },
    };
    expect(readOperatorSettings(item)).toEqual({
      pausedSinceMs: new Map([['a', 1]]),
      budgetCredits: new Map(),
    });
  });
});
