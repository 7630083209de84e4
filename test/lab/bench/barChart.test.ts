import { describe, expect, it } from 'vitest';
import { type BarChart, barChart } from '../../../lab/bench/plot/barChart.ts';
import { niceTicks } from '../../../lab/bench/plot/niceTicks.ts';

const chart: BarChart = {
  title: 'Before & after',
  unit: 'ms',
  digits: 1,
  series: ['<ours>', 'theirs'],
  groups: [
    {
      label: 'single',
      bars: [
        { series: 0, value: 50 },
        { series: 1, value: 100 },
      ],
    },
    { label: 'batch', bars: [{ series: 1, value: Number.POSITIVE_INFINITY }] },
  ],
};

const bars = (svg: string): readonly number[] =>
  [...svg.matchAll(/<rect class="s\d" x="[\d.]+" y="[\d.]+" width="([\d.]+)" height="16"/g)].map(
    ([, width]) => Number(width),
  );
const leftOfBars = (svg: string): number =>
  Number(/x="([\d.]+)" y="[\d.]+" width="[\d.]+" height="16"/.exec(svg)?.[1]);

describe('the axis of a plot', () => {
  it.each([
    [100, [0, 20, 40, 60, 80, 100]],
    [101, [0, 20, 40, 60, 80, 100, 120]],
    [3.05, [0, 1, 2, 3, 4]],
    [0.33, [0, 0.1, 0.2, 0.3, 0.4]],
    [40_303, [0, 10_000, 20_000, 30_000, 40_000, 50_000]],
    [0.0021, [0, 0.0005, 0.001, 0.0015, 0.002, 0.0025]],
    [0, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  ])('the axis for %d has round, even steps that reach it', (highest, ticks) => {
    expect(niceTicks(highest)).toEqual(ticks);
  });
});

describe('a plot', () => {
  const svg = barChart(chart);

  it('a plot draws bars as long as their values, from 0', () => {
    const [ours = 0, theirs = 0] = bars(svg);
    expect(theirs).toBeCloseTo(2 * ours, 0);
    expect(leftOfBars(svg) + theirs).toBeLessThan(760);
  });

  it('a plot leaves room for its longest label', () => {
    const [first] = chart.groups;
    const longer = { label: 'a label that is three times as long', bars: first?.bars ?? [] };
    const wide = barChart({ ...chart, groups: [...chart.groups, longer] });
    expect(leftOfBars(wide)).toBeGreaterThan(leftOfBars(svg));
    expect(leftOfBars(wide)).toBeGreaterThan(longer.label.length * 7);
    expect(Math.max(...bars(wide))).toBeLessThan(Math.max(...bars(svg)));
  });

  it('a plot names an infinite value, and does not draw it', () => {
    expect(svg).toContain('>never</text>');
    expect(bars(svg)[2]).toBe(1);
  });

  it('a plot has a title, a legend, labels, values and the unit of its axis', () => {
    for (const text of [
      'Before &amp; after',
      '&lt;ours&gt;',
      'theirs',
      'single',
      'batch',
      '50.0',
      '100.0',
      'ms',
    ]) {
      expect(svg).toContain(`>${text}</text>`);
    }
  });

  it('a plot has a description for those who cannot see it', () => {
    expect(svg).toContain('single: &lt;ours&gt; 50.0 ms, theirs 100.0 ms; batch: theirs never ms</desc>');
  });

  it('a plot has its own background and text colours for light and dark', () => {
    expect(svg).toContain('<rect class="ground"');
    expect(svg).toContain('@media (prefers-color-scheme: dark)');
  });

  it('a plot escapes all text', () => {
    expect(svg).not.toMatch(/<ours>|Before & after/);
  });
});
