import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { alarmsOf, monitoringStack, runbookUrl } from './monitoringStack.ts';

const page = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
/** Sections that are not about an alarm. */
const others = ['First look', 'Before a rollback or a tear-down'];

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}

const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading = '', ...lines] = section.split('\n');
      return [heading, lines.join('\n')];
    }),
);
const alarms = [...alarmsOf(monitoringStack().stack)];

describe('docs/runbook.md', () => {
  it('has a section for each alarm, and no other', () => {
    const names = alarms.map(([name]) => name);
    expect([...sections.keys()].sort()).toEqual([...others, ...names].sort());
  });

  it.each(alarms)('has the section that the alarm links to: %s', (_name, { AlarmDescription }) => {
    const anchors = [...sections.keys()].map(anchorOf);
    const [, anchor] =
      / Runbook: https:\/\/wiki\.example\.com\/runbook\.md#(\S+)$/.exec(AlarmDescription) ?? [];
    expect(AlarmDescription).toContain(`Runbook: ${runbookUrl}#`);
    expect(anchors).toContain(anchor);
    expect(AlarmDescription.length).toBeLessThanOrEqual(1_024);
  });

  it.each(alarms)('says what an alarm means, how to see it, what to do, and when it clears: %s', (name) => {
    const marks = [...(sections.get(name) ?? '').matchAll(/^\*\*(.+?)\*\*/gm)].map(([, mark]) => mark);
    expect(marks).toEqual(['What it means.', 'How to see it.', 'What to do.', 'When it clears.']);
  });

  it('links only to sections that exist', () => {
    const anchors = [...sections.keys()].map(anchorOf);
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
  });
});
