import { type IWidget, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { metricsNamespace } from '../../constructs/commonEnvironment.ts';
import { MonitoredMetrics } from '../MonitoredMetrics.ts';
import type { MonitoringProps } from '../MonitoringProps.ts';
import { graph } from './widget.ts';

/** Do runs get done, or does a run wait too long? */
export function runWidgets(props: MonitoringProps): readonly IWidget[] {
  const own = new MonitoredMetrics(props.serviceName);
  const { forgetter } = props;
  return [
    graph('Runs', [
      own.sum('RunsDone', 'done'),
      own.sum('RunsFailed', 'failed'),
      own.sum('RunsSkipped', 'skipped on purpose'),
      own.sum('RunsWaiting', 'put back to wait'),
      own.sum('RunsRepeated', 'delivered again'),
      own.sum('DeliveriesFailed', 'deliveries failed: tried again'),
    ]),
    queueWidget(props),
    parkedWidget(own),
    parkedByLane(props),
    graph(
      'Age of runs',
      [
        own.metric('RunAge', 'p50', 'ended, p50'),
        own.metric('RunAge', 'p99', 'ended, p99'),
        own.metric('RunsWaitingAge', 'Maximum', 'oldest in a queue'),
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
        own.sum('RunsHeldByLookups', 'lookups'),
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

function queueWidget({ runQueue, bulkQueue, readyQueue, deadLetterQueue }: MonitoringProps): IWidget {
  const statistic = 'Maximum';
  return graph(
    'Queues',
    [
      runQueue.metricApproximateNumberOfMessagesVisible({ label: 'new runs', statistic }),
      bulkQueue.metricApproximateNumberOfMessagesVisible({ label: 'new runs, bulk', statistic }),
      readyQueue.metricApproximateNumberOfMessagesVisible({ label: 'ready, due', statistic }),
      readyQueue.metricApproximateNumberOfMessagesDelayed({ label: 'ready, before their slot', statistic }),
      readyQueue.metricApproximateNumberOfMessagesNotVisible({ label: 'being worked on', statistic }),
      deadLetterQueue.metricApproximateNumberOfMessagesVisible({ label: 'dead letters', statistic }),
    ],
    {
      right: [
        runQueue.metricApproximateAgeOfOldestMessage({ label: 'oldest new run', statistic }),
        bulkQueue.metricApproximateAgeOfOldestMessage({ label: 'oldest in bulk', statistic }),
        readyQueue.metricApproximateAgeOfOldestMessage({ label: 'oldest ready run', statistic }),
      ],
      rightYAxis: { min: 0, showUnits: false, label: 's' },
    },
  );
}

function parkedWidget(own: MonitoredMetrics): IWidget {
  return graph(
    'Parked runs',
    [
      own.metric('RunsParked', 'Maximum', 'parked'),
      own.sum('RunsDispatched', 'sent to the runner'),
      own.sum('DispatcherFinished', 'passes of the dispatcher'),
    ],
    {
      right: [
        own.metric('OldestParkedAge', 'Maximum', 'oldest that does not wait on purpose'),
        own.metric('DispatcherDuration', 'Maximum', 'slowest pass'),
      ],
      rightYAxis: { min: 0, showUnits: false, label: 'ms' },
    },
  );
}

/** A search, because triggers come and go. */
function parkedByLane({ serviceName }: MonitoringProps): IWidget {
  const expression = `SEARCH('{${metricsNamespace},service,trigger} MetricName="RunsParked" service="${serviceName}"', 'Maximum', 300)`;
  return graph(
    'Parked runs by trigger',
    [new MathExpression({ expression, label: '', usingMetrics: {}, period: Duration.minutes(5) })],
    { stacked: true },
  );
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
