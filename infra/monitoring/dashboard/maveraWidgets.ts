import { Color, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { MonitoredMetrics } from '../MonitoredMetrics.ts';
import type { MonitoringProps } from '../MonitoringProps.ts';
import { graph } from './widget.ts';

/** Is Mavera well, and is its rate limit used? */
export function maveraWidgets(props: MonitoringProps): readonly IWidget[] {
  const own = new MonitoredMetrics(props.serviceName);
  // Requests are counted when their delivery ends, so a minute may show more requests than started in it.
  const pace = [
    own.sum('MaveraRequests', 'requests that ended in a minute', Duration.minutes(1)),
    own.sum('MaveraThrottled', 'of these, answered 429', Duration.minutes(1)),
  ];
  return [
    graph('Calls to Mavera', [
      own.sum('MaveraCalls', 'calls'),
      own.sum('MaveraErrors', 'without success'),
      own.sum('AnswersLost', 'answers lost'),
      own.sum('AnswersRecovered', 'answers recovered'),
      own.sum('BreakerOpened', 'breaker opened'),
    ]),
    graph(
      'Time to answer',
      [own.metric('MaveraDuration', 'p50', 'p50'), own.metric('MaveraDuration', 'p99', 'p99')],
      { unit: 'ms' },
    ),
    graph('Pace', pace, {
      leftAnnotations: [
        {
          value: props.requestsPerMinute,
          label: `Mavera's limit, ${props.requestsPerMinute}`,
          color: Color.RED,
        },
      ],
      period: Duration.minutes(1),
    }),
    graph(
      'Reports to Segment and SegOps',
      [
        own.sum('SegmentReportsSent', 'to Segment'),
        own.sum('SegmentReportsFailed', 'failed to Segment'),
        own.sum('SegOpsReportsSent', 'to SegOps'),
        own.sum('SegOpsReportsFailed', 'failed to SegOps'),
        own.sum('SegOpsReportsRepeated', 'repeated to SegOps'),
      ],
      {
        right: [own.sum('CallsRefused', 'calls that are not granted')],
        rightYAxis: { min: 0, showUnits: false, label: 'refused calls' },
      },
    ),
  ];
}
