import { ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { MonitoredMetrics, math, orZero } from './MonitoredMetrics.ts';
import type { MonitoringProps } from './MonitoringProps.ts';

/** When somebody is called. */
export interface AlarmDefinition {
  readonly metric: IMetric;
  readonly threshold: number;
  /** @default greater than or equal to the threshold */
  readonly comparison?: ComparisonOperator;
  /** Periods that are looked at. @default 1 */
  readonly periods?: number;
  /** How many of them have to be bad. @default all */
  readonly badPeriods?: number;
  /** @default not breaching */
  readonly missingData?: TreatMissingData;
  /** One or two sentences for whoever is called. */
  readonly description: string;
  /** A new version of this function is taken back when the alarm goes off while it is released. */
  readonly rollsBack?: 'receiver' | 'runner';
}

/** The names of the alarms; the section of the runbook is headed by the same name. */
export type AlarmName =
  | 'SignatureFailures'
  | 'ReceiverFailures'
  | 'ReceiverLatency'
  | 'RunsWaitTooLong'
  | 'DeadLetters'
  | 'BreakerOpen'
  | 'BudgetNearlySpent'
  | 'BudgetSpent'
  | 'Throttles'
  | 'RunnerCrashes'
  | 'NoEvents';

const fiveMinutes = Duration.minutes(5);
const hour = Duration.hours(1);

/** Segment's deadline is 5 s; somebody has to know before it is reached. */
const latencyLimitMs = 3_500;
/** A message waits at most 15 minutes for its turn, then for a runner, and for a crashed runner's visibility timeout. */
const longestDelay = Duration.minutes(15);
const slack = Duration.minutes(10);

/** Every alarm of a deployment. */
export function alarmCatalogue(
  props: MonitoringProps,
): Readonly<Partial<Record<AlarmName, AlarmDefinition>>> {
  return {
    ...alarmsOfReceiver(props),
    ...alarmsOfRuns(props),
    ...alarmsOfCredits(props),
    ...noEvents(props),
  };
}

function alarmsOfReceiver(props: MonitoringProps): Partial<Record<AlarmName, AlarmDefinition>> {
  const own = new MonitoredMetrics(props.serviceName);
  return {
    SignatureFailures: {
      metric: own.sum('SignatureRefused'),
      threshold: 1,
      description:
        'Requests were refused as unsigned or wrongly signed. If they came from Segment, their events are lost for good.',
      rollsBack: 'receiver',
    },
    ReceiverFailures: {
      metric: math(
        'failed requests, percent',
        'IF(failed + crashed >= 3, 100 * (failed + crashed) / requests, 0)',
        {
          failed: own.sum('RequestsFailed'),
          crashed: props.receiver.metricErrors({ period: fiveMinutes, statistic: 'Sum' }),
          requests: props.receiver.metricInvocations({ period: fiveMinutes, statistic: 'Sum' }),
        },
      ),
      threshold: 1,
      description:
        'More than 1 % of the requests, and at least 3, were answered 5xx. Segment tries again for 4 hours; then the events are lost.',
      rollsBack: 'receiver',
    },
    ReceiverLatency: {
      metric: props.endpointLatencyP99,
      threshold: latencyLimitMs,
      periods: 3,
      badPeriods: 2,
      description: `One request in a hundred takes longer than ${latencyLimitMs} ms. Segment hangs up after 5 s, and sends the events again.`,
      rollsBack: 'receiver',
    },
    Throttles: {
      metric: math('throttled', [orZero('receiver'), orZero('runner'), orZero('table')].join(' + '), {
        receiver: props.receiver.metricThrottles({ period: fiveMinutes, statistic: 'Sum' }),
        runner: props.runner.metricThrottles({ period: fiveMinutes, statistic: 'Sum' }),
        table: props.table.metric('ThrottledRequests', { period: fiveMinutes, statistic: 'Sum' }),
      }),
      threshold: 1,
      periods: 3,
      badPeriods: 2,
      description:
        'AWS has throttled a function or the table: a limit of the account, or the cost guard, is reached.',
    },
  };
}

function alarmsOfRuns(props: MonitoringProps): Partial<Record<AlarmName, AlarmDefinition>> {
  const own = new MonitoredMetrics(props.serviceName);
  const healthy = longestDelay.plus(props.visibilityTimeout).plus(slack);
  const half = props.runDeadline.toMilliseconds() / 2;
  return {
    RunsWaitTooLong: {
      metric: math(
        'waits too long',
        `IF(${orZero('message')} > ${healthy.toSeconds()} OR ${orZero('run')} > ${half}, 1, 0)`,
        {
          message: props.runQueue.metricApproximateAgeOfOldestMessage({
            period: fiveMinutes,
            statistic: 'Maximum',
          }),
          run: own.metric('RunsWaitingAge', 'Maximum'),
        },
      ),
      threshold: 1,
      periods: 2,
      description: `A message has been in the run queue for over ${healthy.toHumanString()}, or a run has waited for half of its deadline of ${props.runDeadline.toHumanString()}.`,
    },
    DeadLetters: {
      metric: props.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
        period: fiveMinutes,
        statistic: 'Maximum',
      }),
      threshold: 1,
      description: 'Runs have failed for good and wait for somebody to decide about them, for 14 days.',
    },
    RunnerCrashes: {
      metric: props.runner.metricErrors({ period: fiveMinutes, statistic: 'Sum' }),
      threshold: 1,
      periods: 3,
      badPeriods: 2,
      description: 'The runner crashes or runs out of time. Its runs come back, up to five times.',
      rollsBack: 'runner',
    },
    BreakerOpen: {
      metric: math('breaker', `${orZero('opened')} + ${orZero('held')}`, {
        opened: own.sum('BreakerOpened'),
        held: own.sum('RunsHeldByBreaker'),
      }),
      threshold: 1,
      description:
        'Mavera refuses the key or the account, or is down: all runs wait, and one at a time tries again.',
    },
  };
}

function alarmsOfCredits(props: MonitoringProps): Partial<Record<AlarmName, AlarmDefinition>> {
  const own = new MonitoredMetrics(props.serviceName);
  const used = own.metric('BudgetUsed', 'Maximum');
  // No run, no word of the budget: what was said last holds, until a run of the next period says otherwise.
  const missingData = TreatMissingData.IGNORE;
  return {
    BudgetNearlySpent: {
      metric: used,
      threshold: 80,
      missingData,
      description: '80 % of a budget of credits are spent or reserved.',
    },
    BudgetSpent: {
      metric: used,
      threshold: 100,
      missingData,
      description: 'A budget of credits is spent: its runs wait for the next period, or are skipped.',
    },
  };
}

function noEvents({
  serviceName,
  alarmWhenNoEventsFor,
}: MonitoringProps): Partial<Record<AlarmName, AlarmDefinition>> {
  if (alarmWhenNoEventsFor === undefined) {
    return {};
  }
  return {
    NoEvents: {
      metric: new MonitoredMetrics(serviceName).sum('EventsReceived', undefined, hour),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: alarmWhenNoEventsFor.toHours(),
      missingData: TreatMissingData.BREACHING,
      description: `No event has come for ${alarmWhenNoEventsFor.toHumanString()}.`,
    },
  };
}
