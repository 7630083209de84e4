import { Color, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { MonitoredMetrics } from '../MonitoredMetrics.ts';
import type { MonitoringProps } from '../MonitoringProps.ts';
import { graph } from './widget.ts';

/** Does Segment get its 200s, and in time? */
export function trafficWidgets(props: MonitoringProps): readonly IWidget[] {
  const own = new MonitoredMetrics(props.serviceName);
  return [
    graph('Requests', [
      own.sum('RequestsAccepted', '200'),
      own.sum('RequestsRefused', '4xx: Segment does not try again'),
      own.sum('SignatureMissing', 'of these, without a signature'),
      own.sum('SignatureRefused', 'of these, with a wrong signature'),
      own.sum('SignedRequestsRefused', 'of these, with a right signature: lost'),
      own.sum('RequestsFailed', '5xx: Segment tries again'),
      own.sum('RequestsBusy', 'of these, the same events twice at once'),
    ]),
    graph('Events', [
      own.sum('EventsReceived', 'received'),
      own.sum('EventsQueued', 'queued'),
      own.sum('EventsDuplicate', 'duplicate'),
      own.sum('EventsIgnored', 'ignored: no trigger wants them'),
      own.sum('EventsStale', 'stale'),
      own.sum('EventsSampledOut', 'not in a sample'),
      own.sum('EventsInvalid', 'invalid'),
      own.sum('ClaimBypassed', 'queued without the ledger'),
      own.sum('RunsToBulk', 'runs sent to the bulk queue'),
      own.sum('CancelKeysFailed', 'keys of cancelling events failed'),
    ]),
    graph(
      'Answer to Segment',
      [
        props.endpointLatencyP50.with({ label: 'p50' }),
        props.endpointLatencyP99.with({ label: 'p99' }),
        own.metric('ReceiverDuration', 'Maximum', 'slowest, without the start of an environment'),
        props.receiver.metric('UrlRequestLatency', {
          statistic: 'Maximum',
          label: 'slowest at the Function URL',
          period: Duration.minutes(5),
        }),
      ],
      {
        unit: 'ms',
        leftAnnotations: [{ value: 5_000, label: "Segment's deadline", color: Color.RED }],
        right: [own.sum('ColdStarts', 'cold starts')],
        rightYAxis: { min: 0, showUnits: false, label: 'cold starts' },
      },
    ),
  ];
}
