import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { MetricName } from '../../functions/observability/metrics.ts';
import { metricsNamespace } from '../constructs/commonEnvironment.ts';

const defaultPeriod = Duration.minutes(5);

/** The functions' own metrics of one deployment. */
export class MonitoredMetrics {
  readonly #serviceName: string;

  constructor(serviceName: string) {
    this.#serviceName = serviceName;
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
      dimensionsMap: { service: this.#serviceName },
      statistic,
      label,
      period,
    });
  }

  sum(name: MetricName, label?: string, period?: Duration): Metric {
    return this.metric(name, 'Sum', label, period);
  }
}

/** A metric of others' that counts as 0 where there is none, so that a sum of several is one. */
export function orZero(expression: string): string {
  return `FILL(${expression}, 0)`;
}

/** An expression over metrics by name. */
export function math(
  label: string,
  expression: string,
  usingMetrics: Readonly<Record<string, Metric>>,
  period: Duration = defaultPeriod,
): MathExpression {
  return new MathExpression({ label, expression, usingMetrics: { ...usingMetrics }, period });
}
