import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type MetricName, metricsByTrigger, metricUnits } from '../../../functions/observability/metrics.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** The sentence that stands above each metric in the code. */
const sentences = new Map(
  [
    ...read('functions/observability/metrics.ts').matchAll(
      /\/\*\*((?:(?!\*\/).)*)\*\/\s+(\w+): '(?:Count|Milliseconds|Percent)'/gs,
    ),
  ].map(([, comment = '', name = '']) => [name, comment.replaceAll(/\s*\n\s*\*\s*/g, ' ').trim()]),
);
const names = Object.keys(metricUnits) as MetricName[];

describe('every metric', () => {
  it.each(names)('is explained in a sentence: %s', (name) => {
    expect(sentences.get(name)).toMatch(/^[A-Z].+\.$/);
  });
});

describe('docs/metrics.md', () => {
  const rows = read('docs/metrics.md')
    .split('\n')
    .filter((line) => /^\| `[A-Z]/.test(line));

  it('names every metric with its unit, its dimensions and its sentence, and no other', () => {
    const expected = names.map((name) => {
      const dimensions = metricsByTrigger.includes(name) ? '`service`; `service`, `trigger`' : '`service`';
      return `| \`${name}\` | ${metricUnits[name]} | ${dimensions} | ${sentences.get(name)} |`;
    });
    expect(rows).toEqual(expected);
  });
});
