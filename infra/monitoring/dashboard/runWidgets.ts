import type { IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { MonitoredMetrics } from '../MonitoredMetrics.ts';
import type { MonitoringProps } from '../MonitoringProps.ts';
import { graph } from './widget.ts';

/** Do runs get done, or does a run wait too long? */
export function runWidgets(props: MonitoringProps): readonly IWidget[] {
  const own = new MonitoredMetrics(props.serviceName);
  const { runQueue, deadLetterQueue, forgetter } = props;
  return [
    graph('Runs', [
      own.sum('RunsDone', 'done'),
      own.sum('RunsFailed', 'failed'),
      own.sum('RunsSkipped', 'skipped on purpose'),
      own.sum('RunsWaiting', 'put back to wait'),
      own.sum('RunsRepeated', 'delivered again'),
      own.sum('DeliveriesFailed', 'deliveries failed: tried again'),
    ]),
    graph(
      'Queue',
      [
        runQueue.metricApproximateNumberOfMessagesVisible({ label: 'due', statistic: 'Maximum' }),
        runQueue.metricApproximateNumberOfMessagesDelayed({
          label: 'delayed',
          statistic: 'Maximum',
        }),
        runQueue.metricApproximateNumberOfMessagesNotVisible({
          label: 'being worked on',
          statistic: 'Maximum',
        }),
        deadLetterQueue.metricApproximateNumberOfMessagesVisible({
          label: 'dead letters',
          statistic: 'Maximum',
        }),
      ],
      {
        right: [
          runQueue.metricApproximateAgeOfOldestMessage({ label: 'oldest message', statistic: 'Maximum' }),
        ],
        rightYAxis: { min: 0, showUnits: false, label: 's' },
      },
    ),
    graph(
      'Age of runs',
      [
        own.metric('RunAge', 'p50', 'ended, p50'),
        own.metric('RunAge', 'p99', 'ended, p99'),
        own.metric('RunsWaitingAge', 'Maximum', 'oldest that waits'),
      ],
      { unit: 'ms' },
    ),
    graph(
      'Why runs wait, or are skipped',
      [
        own.sum('RunsHeldByPause', 'paused'),
        own.sum('RunsHeldByStale', 'stale'),
        own.sum('RunsHeldBySample', 'sampled out'),
        own.sum('RunsHeldByCancel', 'cancelled'),
        own.sum('RunsHeldByApproval', 'approval'),
        own.sum('RunsHeldByCooldown', 'cooldown'),
        own.sum('RunsHeldByBudget', 'budget'),
        own.sum('RunsHeldByCredits', 'account has too few credits'),
        own.sum('RunsHeldByBreaker', 'breaker'),
        own.sum('RunsWithoutApiKey', 'no API key'),
        own.sum('RunsHeldByConcurrency', 'concurrency cap'),
        own.sum('RunsHeldByPace', 'pace'),
      ],
      { stacked: true },
    ),
    ...(forgetter === undefined ? [] : [forgetWidget(own)]),
  ];
}

function forgetWidget(own: MonitoredMetrics): IWidget {
  const day = Duration.days(1);
  return graph(
    'Requests to forget a user',
    [
      own.sum('UsersForgotten', 'worked off', day),
      own.sum('ForgetsWaiting', 'stay for the next day', day),
      own.sum('ForgetsUnfinished', 'unfinished invocations', day),
    ],
    { period: day },
  );
}
