import { Template } from 'aws-cdk-lib/assertions';
import type { Stack } from 'aws-cdk-lib/core';
import { describe, expect, it } from 'vitest';
import { metricUnits } from '../../../functions/observability/metrics.ts';
import type { SourceName } from '../../../functions/sources/source.ts';
import { asEmitted, emittedMetrics } from './emittedMetrics.ts';
import { evaluateExpression, type PeriodValues } from './evaluateExpression.ts';
import { alarmsOf, monitoringStack, serviceName, type WatchedMetric } from './monitoringStack.ts';

const { stack } = monitoringStack();

type MetricLine = readonly (string | Readonly<Record<string, unknown>>)[];

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly width: number;
  readonly properties: {
    readonly title?: string;
    readonly query?: string;
    readonly markdown?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly MetricLine[];
    readonly annotations?: { readonly horizontal?: readonly { readonly value: number }[] };
  };
}

const body = dashboardBody(stack);
const widgets = widgetsOf(stack);

function widgetsOf(of: Stack): readonly Widget[] {
  return (JSON.parse(dashboardBody(of)) as { widgets: readonly Widget[] }).widgets;
}

/** The dashboard's JSON. `unknown` stands for values that only CloudFormation knows. */
function dashboardBody(of: Stack): string {
  const dashboards = Template.fromStack(of).findResources('AWS::CloudWatch::Dashboard');
  const [first = { Properties: {} }] = Object.values(dashboards);
  const { DashboardBody } = first.Properties as {
    DashboardBody: { 'Fn::Join': [string, readonly unknown[]] };
  };
  const [separator, parts] = DashboardBody['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : 'unknown')).join(separator);
}

const isOptions = (part: MetricLine[number] | undefined): part is Readonly<Record<string, unknown>> =>
  typeof part === 'object';

/** The metrics of a widget, without expressions. CloudWatch writes `.` for the value in the line above. */
function metricsOf({ properties: { metrics = [] } }: Widget): readonly WatchedMetric[] {
  let above: readonly string[] = [];
  return metrics.flatMap((line) => {
    const parts = line.filter((part) => !isOptions(part)) as readonly string[];
    if (parts.length === 0) {
      return [];
    }
    above = parts.map((part, index) => (part === '.' ? (above[index] ?? '') : part));
    const [namespace = '', name = '', ...dimensions] = above;
    const pairs = dimensions.flatMap((key, index) =>
      index % 2 === 0 ? [[key, dimensions[index + 1] ?? '']] : [],
    );
    return [{ namespace, name, dimensions: Object.fromEntries(pairs) }];
  });
}

const watched = widgets.flatMap(metricsOf);
const ours = watched.filter(({ namespace }) => namespace === 'MaveraTriggers');

describe('the dashboard', () => {
  it.each(Object.keys(metricUnits))('shows %s', (name) => {
    expect(ours.map((metric) => metric.name)).toContain(name);
  });

  it('shows only metrics that the functions emit, with the dimensions they have', () => {
    const emitted = emittedMetrics();
    expect(ours.map(asEmitted).filter((metric) => !emitted.has(metric))).toEqual([]);
  });

  it('shows the state of every alarm', () => {
    const shown = widgets.flatMap(({ properties: { alarms = [] } }) => alarms);
    expect(shown).toHaveLength(alarmsOf(stack).size);
  });

  it("shows Segment's deadline, Mavera's limit, and the levels of a budget", () => {
    const lines = (title: string): readonly number[] =>
      (
        widgets.find(({ properties }) => properties.title === title)?.properties.annotations?.horizontal ?? []
      ).map(({ value }) => value);
    expect(lines('Answer to Segment')).toEqual([5_000]);
    expect(lines('Pace')).toEqual([240]);
    expect(lines('The fullest budget')).toEqual([80, 100]);
  });

  it('names its deployment and the runbook at the top', () => {
    expect(widgets[0]).toMatchObject({
      type: 'text',
      properties: {
        markdown: expect.stringContaining(serviceName),
      },
    });
    expect(widgets[0]?.properties.markdown).toContain('https://wiki.example.com/runbook.md');
  });

  it("keeps to CloudWatch's limits", () => {
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(1_000_000);
    expect(watched.length).toBeLessThanOrEqual(500);
    for (const { x, width } of widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
    }
  });

  it('queries the logs of all functions', () => {
    const queries = widgets
      .filter(({ type }) => type === 'log')
      .map(({ properties }) => properties.query ?? '');
    expect(queries.filter((query) => query.includes('receiver-logs')).length).toBeGreaterThan(0);
    expect(queries.filter((query) => query.includes('runner-logs')).length).toBeGreaterThan(0);
    expect(queries.filter((query) => query.includes('dispatcher-logs')).length).toBeGreaterThan(0);
    expect(queries.filter((query) => query.includes('puller-logs')).length).toBeGreaterThan(0);
  });

  it('shows what each source sends, where several are open', () => {
    const titles = (sources: readonly SourceName[]): readonly unknown[] =>
      widgetsOf(monitoringStack({ sources: new Set(sources) }).stack).map(
        ({ properties }) => properties.title,
      );
    const bySource = ['Events by source', 'Refused by source', 'Answered 5xx by source'];
    expect(titles(['segment', 'sendgrid'])).toEqual(expect.arrayContaining(bySource));
    expect(titles(['segment'])).not.toEqual(expect.arrayContaining(['Events by source']));
    const events = widgets.find(({ properties }) => properties.title === 'Events by source');
    const dimensions = (events === undefined ? [] : metricsOf(events)).map(
      (metric) => metric.dimensions.source,
    );
    expect([...new Set(dimensions)]).toEqual(['segment', 'sendgrid', 'segops']);
  });

  it('shows pulls only where a trigger has one', () => {
    const { stack: without } = monitoringStack({ pull: undefined });
    const titles = (of: Stack): readonly string[] =>
      widgetsOf(of).flatMap(({ properties: { title = '' } }) => (/pull/i.test(title) ? [title] : []));
    expect(titles(stack)).toEqual([
      'Pulls',
      'What ended pulls found',
      'Queue of pulls',
      'Last pulls',
      'Last trouble of the puller',
    ]);
    expect(titles(without)).toEqual([]);
    expect(dashboardBody(without)).not.toMatch(/pull/i);
  });

  it('shows parked runs by trigger, also those of triggers that are new', () => {
    const [line] =
      widgets.find(({ properties }) => properties.title === 'Parked runs by trigger')?.properties.metrics ??
      [];
    expect(line?.find(isOptions)?.expression).toBe(
      `SEARCH('{MaveraTriggers,service,trigger} MetricName="RunsParked" service="${serviceName}"', 'Maximum', 300)`,
    );
  });
});

describe('the dollars on the dashboard', () => {
  const costs = widgets.find(({ properties }) => properties.title === 'AWS, dollars an hour');
  const expressions = new Map(
    (costs?.properties.metrics ?? []).flatMap((line) =>
      line
        .filter(isOptions)
        .flatMap(({ label, expression }) =>
          typeof expression === 'string' ? [[String(label), expression]] : [],
        ),
    ),
  );

  function dollars(label: string, values: PeriodValues): number | undefined {
    return evaluateExpression(expressions.get(label) ?? '', values);
  }

  it('are those of the price list: a million requests of 15 ms to the receiver', () => {
    expect(dollars('receiver', { ams: 15_000_000, acalls: 1_000_000 })).toBeCloseTo(0.5455, 4);
  });

  it('are those of the price list: a million runs of 30 s', () => {
    expect(dollars('runner', { bms: 30e9, bcalls: 1_000_000 })).toBeCloseTo(100.2, 1);
  });

  it('are those of the price list: a million passes of the dispatcher of 300 ms', () => {
    expect(dollars('dispatcher', { cms: 300e6, ccalls: 1_000_000 })).toBeCloseTo(2.2, 3);
  });

  it('are those of the price list: a thousand steps of a pull that take 100 s each', () => {
    expect(dollars('puller', { dms: 100e6, dcalls: 1_000 })).toBeCloseTo(0.6669, 4);
  });

  it('are those of the price list: units of the table and its indexes, requests to the queue, bytes of the logs', () => {
    expect(dollars('ledger', { writes: 1e6, index: 1e6, reads: 1e6 })).toBeCloseTo(1.375, 6);
    expect(dollars('ledger', { parked: 1e6, parkedReads: 1e6 })).toBeCloseTo(0.75, 6);
    for (const queue of ['intake', 'bulk', 'ready', 'dispatch', 'pulls']) {
      const requests = ['Sent', 'Received', 'Deleted', 'Empty'].map((what) => [`${queue}${what}`, 1e6]);
      expect(dollars('queues', Object.fromEntries(requests))).toBeCloseTo(1.6, 6);
    }
    const bytes = 1024 ** 3;
    const logs = { receiverLog: bytes, runnerLog: bytes, dispatcherLog: bytes, pullerLog: bytes };
    expect(dollars('logs', logs)).toBeCloseTo(2, 5);
  });

  it('are 0 while nothing happens', () => {
    expect([...expressions.keys()].map((label) => dollars(label, {}))).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });
});
