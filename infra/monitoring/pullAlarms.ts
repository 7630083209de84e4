import { Duration } from 'aws-cdk-lib/core';
import type { AlarmDefinition, AlarmName } from './alarmDefinition.ts';
import { MonitoredMetrics, math, orZero } from './MonitoredMetrics.ts';
import type { MonitoringProps } from './MonitoringProps.ts';

const fiveMinutes = Duration.minutes(5);
/**
 * A message is delayed for up to 15 minutes. A puller works on it for up to 15 more, or crashes and lets another one do that 16
 * minutes later.
 */
const longestWait = Duration.hours(1);

/** The alarms of pulls; none without a pull. */
export function alarmsOfPulls({
  serviceName,
  pull,
}: MonitoringProps): Partial<Record<AlarmName, AlarmDefinition>> {
  if (pull === undefined) {
    return {};
  }
  const own = new MonitoredMetrics(serviceName);
  const failures = `${orZero('crashed')} + ${orZero('failed')}`;
  return {
    PullFailed: {
      metric: own.sum('PullsFailed'),
      threshold: 1,
      description:
        'A pull has failed, or has not ended in its time. What it had not queued is left to the next occurrence.',
    },
    PullQueueStuck: {
      metric: math(
        'stuck',
        `IF(${orZero('oldest')} > ${longestWait.toSeconds()} OR ${failures} >= 1, 1, 0)`,
        {
          oldest: pull.queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum' }),
          // Lambda counts crashes and timeouts. A failed delivery that the function reports is not an error for Lambda.
          crashed: pull.puller.metricErrors({ period: fiveMinutes, statistic: 'Sum' }),
          failed: own.sum('PullDeliveriesFailed'),
        },
      ),
      threshold: 1,
      // After a failure a message comes back 16 minutes later.
      periods: 12,
      badPeriods: 2,
      description: `The puller has failed at least twice within an hour, or a message has been in its queue for over ${longestWait.toHumanString()}. Pulls do not go on.`,
    },
    PullDeadLetters: {
      metric: pull.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
        period: fiveMinutes,
        statistic: 'Maximum',
      }),
      threshold: 1,
      description:
        'A step of a pull was dead-lettered, and its occurrence has failed; or a start could not be delivered. They are kept for 14 days.',
    },
    PullStartLost: {
      // What is dead-lettered instead is counted by other metrics.
      metric: pull.scheduleGroup.metricFailedToBeSentToDLQ(undefined, {
        period: fiveMinutes,
        statistic: 'Sum',
      }),
      threshold: 1,
      description:
        'A pull could not be started: EventBridge Scheduler could deliver the start neither to the queue nor to the dead-letter queue. This occurrence is left out.',
    },
  };
}
