import type { IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { MonitoredMetrics } from '../MonitoredMetrics.ts';
import type { MonitoredPull, MonitoringProps } from '../MonitoringProps.ts';
import { graph } from './widget.ts';

/** What do pulls find, and do they come to their end? None without a pull. */
export function pullWidgets({ serviceName, pull }: MonitoringProps): readonly IWidget[] {
  if (pull === undefined) {
    return [];
  }
  const own = new MonitoredMetrics(serviceName);
  return [
    graph('Pulls', [
      own.sum('PullsStarted', 'started'),
      own.sum('PullsDone', 'done'),
      own.sum('PullsFailed', 'failed'),
      own.sum('PullsStopped', 'stopped by an operator'),
      own.sum('PullsSkipped', 'skipped: the last one was at work'),
      own.sum('PullsWaiting', 'tries of a step that brought nothing'),
      own.sum('PullDeliveriesFailed', 'deliveries failed: tried again'),
    ]),
    graph(
      'What ended pulls found',
      [
        own.sum('PullItems', 'items'),
        own.sum('PullItemsUnchanged', 'of these, not changed'),
        own.sum('PullItemsBeyond', 'of these, beyond atMost'),
        own.sum('PullItemsUnusable', 'of these, not usable'),
        own.sum('PullRuns', 'runs'),
        own.sum('PullCalls', 'calls'),
      ],
      {
        right: [own.sum('PullRows', 'rows of files')],
        rightYAxis: { min: 0, showUnits: false, label: 'rows' },
      },
    ),
    pullQueueWidget(own, pull),
  ];
}

function pullQueueWidget(own: MonitoredMetrics, { queue, deadLetterQueue }: MonitoredPull): IWidget {
  const statistic = 'Maximum';
  return graph(
    'Queue of pulls',
    [
      queue.metricApproximateNumberOfMessagesVisible({ label: 'due', statistic }),
      queue.metricApproximateNumberOfMessagesDelayed({ label: 'waiting', statistic }),
      queue.metricApproximateNumberOfMessagesNotVisible({ label: 'being worked on', statistic }),
      deadLetterQueue.metricApproximateNumberOfMessagesVisible({ label: 'dead letters', statistic }),
    ],
    {
      right: [
        own.metric('PullDuration', 'Maximum', 'longest pull, ms'),
        queue.metricApproximateAgeOfOldestMessage({ label: 'oldest message, s', statistic }),
      ],
      rightYAxis: { min: 0, showUnits: false },
    },
  );
}
