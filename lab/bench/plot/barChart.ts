import { sum } from '../../statistics.ts';
import { escapeXml } from './escapeXml.ts';
import { niceTicks } from './niceTicks.ts';

/** One bar; an infinite value is told and not drawn. */
export interface Bar {
  /** Which of the chart's series it belongs to. */
  readonly series: number;
  readonly value: number;
}

/** Bars that are compared with each other. */
export interface BarGroup {
  readonly label: string;
  readonly bars: readonly Bar[];
}

/** Horizontal bars, in groups. */
export interface BarChart {
  readonly title: string;
  /** What the axis counts, such as `ms`. */
  readonly unit: string;
  /** At most three. */
  readonly series: readonly string[];
  readonly groups: readonly BarGroup[];
  /** Of the values, after the point. */
  readonly digits: number;
}

/** Where a group stands, in pixels. */
interface Place {
  readonly top: number;
  readonly left: number;
  /** Pixels for a value of 1. */
  readonly scale: number;
  readonly digits: number;
}

const width = 760;
const margin = 16;
const valueWidth = 80;
/** Of a letter of a label, a little more than the widest common fonts need on average. */
const letterWidth = 7.2;
const labelGap = 10;
const barHeight = 16;
const barGap = 3;
const groupGap = 14;
const headHeight = 66;
const axisHeight = 40;

/** Its own ground, so that it reads the same on a page whose colours are not those the reader's system asks for. */
const style = `
text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 15px }
.tick { font-size: 12px; fill: #59636e }
.ground { fill: #ffffff }
.grid { stroke: #d1d9e0 }
.s0 { fill: #0969da } .s1 { fill: #9a6700 } .s2 { fill: #6e7781 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.tick { fill: #9198a1 }
.ground { fill: #0d1117 }
.grid { stroke: #3d444d }
.s0 { fill: #4493f8 } .s1 { fill: #d29922 } .s2 { fill: #9198a1 }
}`;

/** A chart as SVG, readable on light and dark grounds. */
export function barChart(chart: BarChart): string {
  const ticks = niceTicks(Math.max(0, ...chart.groups.flatMap(({ bars }) => bars.map(drawn))));
  const left = labelWidth(chart.groups);
  const scale = (width - left - valueWidth) / (ticks.at(-1) ?? 1);
  const tops = groupTops(chart.groups);
  const bottom = headHeight + totalHeight(chart.groups);
  const height = bottom + axisHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escapeXml(chart.title)}</title>`,
    `<desc id="description">${escapeXml(description(chart))}</desc>`,
    `<style>${style}\n</style>`,
    `<rect class="ground" width="${width}" height="${height}" rx="6"/>`,
    `<text class="title" x="${margin}" y="26">${escapeXml(chart.title)}</text>`,
    ...legend(chart.series),
    ...ticks.flatMap((tick) => axisLine(tick, left + tick * scale, bottom)),
    `<text class="tick" x="${width - margin}" y="${bottom + 34}" text-anchor="end">${escapeXml(chart.unit)}</text>`,
    ...chart.groups.flatMap((group, index) =>
      drawGroup(group, { top: tops[index] ?? 0, left, scale, digits: chart.digits }),
    ),
    '</svg>',
    '',
  ].join('\n');
}

function labelWidth(groups: readonly BarGroup[]): number {
  const longest = Math.max(...groups.map(({ label }) => label.length));
  return Math.ceil(margin + longest * letterWidth + labelGap);
}

function drawn({ value }: Bar): number {
  return Number.isFinite(value) ? value : 0;
}

function groupHeight({ bars }: BarGroup): number {
  return bars.length * (barHeight + barGap) + groupGap;
}

function totalHeight(groups: readonly BarGroup[]): number {
  return sum(groups.map(groupHeight));
}

function groupTops(groups: readonly BarGroup[]): readonly number[] {
  return groups.map((_group, index) => headHeight + totalHeight(groups.slice(0, index)));
}

function legend(series: readonly string[]): readonly string[] {
  const entryWidth = (width - 2 * margin) / 3;
  return series.flatMap((name, index) => {
    const x = round(margin + index * entryWidth);
    return [
      `<rect class="s${index}" x="${x}" y="40" width="12" height="12" rx="2"/>`,
      `<text x="${x + 18}" y="51">${escapeXml(name)}</text>`,
    ];
  });
}

function axisLine(tick: number, x: number, bottom: number): readonly string[] {
  const at = round(x);
  return [
    `<line class="grid" x1="${at}" y1="${headHeight}" x2="${at}" y2="${bottom}"/>`,
    `<text class="tick" x="${at}" y="${bottom + 16}" text-anchor="middle">${tick.toLocaleString('en', { maximumFractionDigits: 10 })}</text>`,
  ];
}

function drawGroup(group: BarGroup, { top, left, scale, digits }: Place): readonly string[] {
  const middle = top + (groupHeight(group) - groupGap) / 2 + groupGap / 2;
  return [
    `<text x="${left - labelGap}" y="${middle + 3}" text-anchor="end">${escapeXml(group.label)}</text>`,
    ...group.bars.flatMap((bar, index) => {
      const y = top + groupGap / 2 + index * (barHeight + barGap);
      const length = round(Math.max(drawn(bar) * scale, 1));
      return [
        `<rect class="s${bar.series}" x="${left}" y="${y}" width="${length}" height="${barHeight}" rx="2"/>`,
        `<text x="${round(left + length + 6)}" y="${y + 13}">${valueText(bar, digits)}</text>`,
      ];
    }),
  ];
}

function valueText({ value }: Bar, digits: number): string {
  const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return Number.isFinite(value) ? value.toLocaleString('en', fraction) : 'never';
}

/** The figures for those who cannot see the bars. */
function description({ series, groups, unit, digits }: BarChart): string {
  return groups
    .map(({ label, bars }) => {
      const values = bars.map((bar) => `${series[bar.series] ?? ''} ${valueText(bar, digits)} ${unit}`);
      return `${label}: ${values.join(', ')}`;
    })
    .join('; ');
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
