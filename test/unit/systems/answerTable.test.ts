import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type AnswerRow, answerTable, meaningOf } from '../../../functions/systems/answerTable.ts';

describe('an error in the envelope of Mavera', () => {
  it.each([401, 402, 300, 302, 307, 399])(
    'status %d is the fault of the account, and costs nothing',
    (status) => {
      expect(meaningOf(status, true)).toMatchObject({
        kind: 'refused',
        fault: 'account',
        mayBeBilled: false,
      });
    },
  );

  it.each([425, 429, 503])('status %d passes, and costs nothing', (status) => {
    expect(meaningOf(status, true)).toMatchObject({ kind: 'refused', fault: 'passing', mayBeBilled: false });
  });

  it.each([200, 201, 408, 500, 501, 502, 504, 505, 520, 599])(
    'status %d passes, and may be billed',
    (status) => {
      expect(meaningOf(status, true)).toMatchObject({ kind: 'refused', fault: 'passing', mayBeBilled: true });
    },
  );

  it.each([400, 403, 404, 405, 409, 413, 422])(
    'status %d is the fault of the request, and costs nothing',
    (status) => {
      expect(meaningOf(status, true)).toMatchObject({
        kind: 'refused',
        fault: 'request',
        mayBeBilled: false,
      });
    },
  );
});

describe('an answer without the envelope of Mavera', () => {
  it.each([301, 302, 307, 400, 401, 402, 403, 404, 405, 413, 421, 429, 451])(
    'with status %d the call was blocked, and costs nothing',
    (status) => {
      expect(meaningOf(status, false)).toMatchObject({ kind: 'blocked', mayBeBilled: false });
    },
  );

  it.each([200, 204, 408, 500, 502, 503, 504, 520, 524, 599])(
    'with status %d the answer is lost, and the work may have been done',
    (status) => {
      expect(meaningOf(status, false)).toMatchObject({ kind: 'lost', mayBeBilled: true });
    },
  );

  it.each([100, 600, 999])('with the odd status %d the answer is lost', (status) => {
    expect(meaningOf(status, false)).toMatchObject({ kind: 'lost', mayBeBilled: true });
  });
});

describe('the table in docs/triggers.md', () => {
  const page = readFileSync(new URL('../../../docs/triggers.md', import.meta.url), 'utf8');
  const cells = (line: string): readonly string[] => line.split('|').map((cell) => cell.trim());

  /** The rows about answers with a status, as the page has them. */
  const documented = page
    .slice(page.indexOf('### What each answer of Mavera means'))
    .split('\n')
    .map(cells)
    .filter(([, envelope]) => envelope === 'yes' || envelope === 'no')
    .map((row) => row.slice(1, 5));

  const written = (row: AnswerRow): readonly string[] => [
    row.envelope ? 'yes' : 'no',
    row.statuses.join(', '),
    row.kind === 'refused' ? `\`${row.kind}\`, ${row.fault}` : `\`${row.kind}\``,
    row.mayBeBilled ? 'yes' : 'no',
  ];

  it('has the rows of the code, in the same order', () => {
    expect(documented).toEqual(answerTable.map(written));
  });
});
