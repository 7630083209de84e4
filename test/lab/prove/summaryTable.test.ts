import { describe, expect, it } from 'vitest';
import { summaryTable } from '../../../lab/prove/summaryTable.ts';

describe('the summary of the proofs', () => {
  it('adds up the counts, and shows those that must be 0 last', () => {
    const table = summaryTable([
      {
        name: 'crashes',
        seconds: 100,
        result: { table: '', counts: { 'faults tried': 1_200, lost: 0, twice: 1 }, failures: ['a'] },
      },
      {
        name: 'soak',
        seconds: 200,
        result: { table: '', counts: { 'events sent': 5, lost: 2, twice: 0 }, failures: [] },
      },
    ]);
    expect(table.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['faults tried', 'events sent', 'lost', 'twice', 'failures', 'time'],
      ['crashes', '1,200', '0', '1', '1', '100 s'],
      ['soak', '5', '2', '0', '0', '200 s'],
      ['in all', '1,200', '5', '2', '1', '1', '300 s'],
    ]);
  });
});
