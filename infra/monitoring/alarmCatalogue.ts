import { ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { runsByDay } from '../runsByDay.ts';
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

const minute = Duration.minutes(1);
const fiveMinutes = Duration.minutes(5);
const quarterHour = Duration.minutes(15);
const hour = Duration.hours(1);

/** Segment's deadline is 5 s; somebody has to know before it is reached. */
const latencyLimitMs = 3_500;
/**
 * A message waits at most 15 minutes for its turn, then for a runner, and for a crashed runner's visibility timeout. A run
 * that waits longer is sent anew within that time: so often, at least, is heard of it.
 */
const longestDelay = quarterHour;
const slack = Duration.minutes(10);

/**
 * Every alarm of a deployment. One that takes a release back has to go off within the 5 minutes in which a tenth of the
 * invocations try the new version; afterwards nobody asks it.
 */
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
        // Each is missing when there was none of it, and with it the sum would be.
        `IF(${orZero('failed')} + ${orZero('crashed')} >= 3, 100 * (${orZero('failed')} + ${orZero('crashed')}) / requests, 0)`,
        {
          failed: own.sum('RequestsFailed'),
          crashed: props.receiver.metricErrors({ period: fiveMinutes, statistic: 'Sum' }),
          requests: props.receiver.metricInvocations({ period: fiveMinutes, statistic: 'Sum' }),
        },
      ),
      threshold: 1,
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
      description:
        'More than 1 % of the requests, and at least 3, were answered 5xx. Segment tries again for 4 hours; then the events are lost.',
      rollsBack: 'receiver',
    },
    ReceiverLatency: {
      metric: props.endpointLatencyP99.with({ period: minute }),
      threshold: latencyLimitMs,
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
      periods: 5,
      badPeriods: 3,
      description: `One request in a hundred takes longer than ${latencyLimitMs} ms. Segment hangs up after 5 s, and sends the events again.`,
      rollsBack: 'receiver',
    },
    Throttles: {
      metric: throttled(props),
      threshold: 1,
      periods: 3,
      badPeriods: 2,
      description:
        'AWS has throttled a function or the table: a limit of the account, or the cost guard, is reached.',
    },
  };
}

/** `ThrottledRequests` of DynamoDB is there for single operations only; these are there for the table and its index. */
function throttled({ receiver, runner, table }: MonitoringProps): IMetric {
  const sum = { period: fiveMinutes, statistic: 'Sum' } as const;
  const metrics = {
    receiver: receiver.metricThrottles(sum),
    runner: runner.metricThrottles(sum),
    reads: table.metric('ReadThrottleEvents', sum),
    writes: table.metric('WriteThrottleEvents', sum),
    index: new Metric({
      namespace: 'AWS/DynamoDB',
      metricName: 'WriteThrottleEvents',
      dimensionsMap: { TableName: table.tableName, GlobalSecondaryIndexName: runsByDay.indexName },
      ...sum,
    }),
  };
  return math('throttled', Object.keys(metrics).map(orZero).join(' + '), metrics);
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
          message: props.runQueue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum' }),
          run: own.metric('RunsWaitingAge', 'Maximum'),
        },
        quarterHour,
      ),
      threshold: 1,
      periods: 2,
      badPeriods: 1,
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
      // Lambda counts crashes and timeouts; what the function reports back as failed is no error to Lambda.
      metric: math('failed deliveries', `${orZero('crashed')} + ${orZero('failed')}`, {
        crashed: props.runner.metricErrors({ period: fiveMinutes, statistic: 'Sum' }),
        failed: own.sum('DeliveriesFailed'),
      }),
      threshold: 2,
      description:
        'The runner has crashed, run out of time or failed on at least two runs in five minutes. They come back, up to five times in all.',
      rollsBack: 'runner',
    },
    BreakerOpen: {
      metric: math('not called', ['opened', 'held', 'keyless'].map(orZero).join(' + '), {
        opened: own.sum('BreakerOpened'),
        held: own.sum('RunsHeldByBreaker'),
        keyless: own.sum('RunsWithoutApiKey'),
      }),
      threshold: 1,
      // It opens for up to 15 minutes, and runs come back within as long again.
      periods: 6,
      badPeriods: 1,
      description:
        'Mavera is not called: it refuses the key or the account, or is down, or its key is not filled in. All runs wait.',
    },
  };
}

function alarmsOfCredits(props: MonitoringProps): Partial<Record<AlarmName, AlarmDefinition>> {
  const own = new MonitoredMetrics(props.serviceName);
  const used = (period: Duration): IMetric => own.metric('BudgetUsed', 'Maximum', undefined, period);
  // No run, no word of the budget: what was said last holds, until a run of the next period says otherwise.
  const missingData = TreatMissingData.IGNORE;
  return {
    BudgetNearlySpent: {
      // Runs of other budgets tell of theirs meanwhile: the fullest of some hours counts, or it would come and go.
      metric: used(hour),
      threshold: 80,
      periods: 6,
      badPeriods: 1,
      missingData,
      description: '80 % of a budget of credits are spent or reserved.',
    },
    BudgetSpent: {
      // Runs that wait for a budget ask again every 10 to 15 minutes.
      metric: used(quarterHour),
      threshold: 100,
      periods: 2,
      badPeriods: 1,
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
  const own = new MonitoredMetrics(serviceName);
  return {
    NoEvents: {
      // Without the zeros, CloudWatch would look further back for data before it takes silence for silence.
      metric: math('events', orZero('received'), { received: own.sum('EventsReceived') }, hour),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: alarmWhenNoEventsFor.toHours(),
      missingData: TreatMissingData.BREACHING,
      description: `No event has come for ${alarmWhenNoEventsFor.toHumanString()}.`,
    },
  };
}
