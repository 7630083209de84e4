import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { alarmsOf, monitoringStack, runbookUrl } from './monitoringStack.ts';

const page = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
/** Sections that are about no alarm. */
const others = ['First look'];

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
  it('has a section for each alarm, and for nothing else', () => {
    expect([...sections.keys()]).toEqual([...others, ...sectionsInOrder()]);
  });

  it.each(alarms)('is linked to by the alarm, at its section: %s', (_name, { AlarmDescription }) => {
    const anchors = [...sections.keys()].map(anchorOf);
    const [, anchor] =
      / Runbook: https:\/\/wiki\.example\.com\/runbook\.md#(\S+)$/.exec(AlarmDescription) ?? [];
    expect(AlarmDescription).toContain(`Runbook: ${runbookUrl}#`);
    expect(anchors).toContain(anchor);
    expect(AlarmDescription.length).toBeLessThanOrEqual(1_024);
  });

  it.each(alarms)('says what it means, how to see it, what to do, and when it clears: %s', (name) => {
    const marks = [...(sections.get(name) ?? '').matchAll(/^\*\*(.+?)\*\*/gm)].map(([, mark]) => mark);
    expect(marks).toEqual(['What it means.', 'How to see it.', 'What to do.', 'When it clears.']);
  });

  it('links to sections that are there', () => {
    const anchors = [...sections.keys()].map(anchorOf);
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
  });

  it('gives commands that exist', () => {
    const commands = [...page.matchAll(/npm run (ops|connect) -- ([a-z-]+)/g)].map(
      ([, program, command]) => `${program} ${command}`,
    );
    const known = new Set([
      ...['status', 'tail', 'runs', 'dead-letters', 'pause', 'resume', 'budget'].map((name) => `ops ${name}`),
      ...['segment', 'check', 'test', 'rotate'].map((name) => `connect ${name}`),
    ]);
    expect(commands.length).toBeGreaterThan(10);
    expect(commands.filter((command) => !known.has(command))).toEqual([]);
  });
});

/** The alarms' names in the page's own order, which is free. */
function sectionsInOrder(): readonly string[] {
  const names = new Set(alarms.map(([name]) => name));
  const headings = [...sections.keys()].filter((heading) => !others.includes(heading));
  const missing = [...names].filter((name) => !headings.includes(name));
  return [...headings.filter((heading) => names.has(heading)), ...missing];
}
