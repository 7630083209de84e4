import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { MetricName } from '../../functions/observability/metrics.ts';
import type { SourceName } from '../../functions/sources/source.ts';
import { metricsNamespace } from '../constructs/commonEnvironment.ts';

const defaultPeriod = Duration.minutes(5);

/** The metrics that the functions of one deployment emit. */
export class MonitoredMetrics {
  readonly #dimensions: Readonly<Record<string, string>>;

  /** @param also the version or the source, for the metrics that the receiver also emits by it */
  constructor(serviceName: string, also: { readonly version?: string; readonly source?: SourceName } = {}) {
    this.#dimensions = { service: serviceName, ...also };
  }

  /** @param statistic such as `Sum`, `Maximum` or `p99` */
  metric(
    name: MetricName,
    statistic: string,
    label: string = name,
    period: Duration = defaultPeriod,
  ): Metric {
    return new Metric({
      namespace: metricsNamespace,
      metricName: name,
      dimensionsMap: { ...this.#dimensions },
      statistic,
      label,
      period,
    });
  }

  sum(name: MetricName, label?: string, period?: Duration): Metric {
    return this.metric(name, 'Sum', label, period);
  }
}

/** An expression that is 0 where the metric has no data. A sum of metrics has no data as soon as one of them has none. */
export function orZero(expression: string): string {
  return `FILL(${expression}, 0)`;
}

/** Metric math: an expression over metrics, by their names in it. */
export function math(
  label: string,
  expression: string,
  usingMetrics: Readonly<Record<string, Metric>>,
  period: Duration = defaultPeriod,
): MathExpression {
  return new MathExpression({ label, expression, usingMetrics: { ...usingMetrics }, period });
}
