import type { IWidget, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricName } from '../../../functions/observability/metrics.ts';
import { MonitoredMetrics } from '../MonitoredMetrics.ts';
import type { MonitoringProps } from '../MonitoringProps.ts';
import { graph } from './widget.ts';

/** What each source sends, and what of it is not accepted. With one source, all traffic is its own: there are no such graphs. */
export function sourceWidgets({ serviceName, sources }: MonitoringProps): readonly IWidget[] {
  const bySource = (name: MetricName, what = ''): readonly Metric[] =>
    [...sources].map((source) => new MonitoredMetrics(serviceName, { source }).sum(name, `${source}${what}`));
  return sources.size < 2
    ? []
    : [
        graph('Events by source', bySource('EventsReceived'), {
          right: [...bySource('RequestsAccepted', ', requests answered 200')],
          rightYAxis: { min: 0, showUnits: false, label: 'requests' },
        }),
        graph('Refused by source', [
          ...bySource('SignatureRefused', ', wrong signature'),
          ...bySource('SignedRequestsRefused', ', right signature'),
        ]),
        graph('Answered 5xx by source', bySource('RequestsFailed')),
      ];
}
