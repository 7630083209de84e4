import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventKinds } from '../../../cli/connect/sendgrid/eventKinds.ts';
import { segOpsEvent } from '../../../functions/sources/segops/toEvent.ts';
import { eventNames } from '../../../functions/sources/sendgrid/toEvent.ts';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';

/** The rows of the table of a page under a heading, without the first two. */
function tableOf(page: string, heading: string): readonly (readonly string[])[] {
  const text = readFileSync(join(projectRoot, 'docs', page), 'utf8');
  const section = text.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const [table = ''] = /(?:^\|.*\n)+/m.exec(section) ?? [];
  const rows = table.trim().split('\n').slice(2);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

describe('the tables of event names', () => {
  it('docs/connect-sendgrid.md has each kind with its setting and its name', () => {
    const expected = Object.entries(eventNames).map(([posted, name], index) => [
      posted,
      eventKinds[index],
      name,
    ]);
    expect(tableOf('connect-sendgrid.md', 'Names of events')).toEqual(expected);
  });

  it('docs/connect-segops.md has the event with its name and its message id', () => {
    const [[kind = '', name, example = ''] = []] = tableOf('connect-segops.md', 'Names of events');
    const read = segOpsEvent({
      event: kind,
      tenant_slug: 'acme',
      segment_id: 42,
      computed_at: '2026-05-02T14:32:00Z',
    });
    expect(read).toMatchObject({ ok: true, event: { event: name } });
    expect(example.split(': ')[1]).toBe(read.ok ? read.event.messageId : '');
  });
});
