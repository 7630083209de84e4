import { ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { parkedIndex } from '../../functions/ledger/parkedIndex.ts';
import { runsByDay } from '../../functions/ledger/runsByDay.ts';
import type { AlarmDefinition, AlarmName } from './alarmDefinition.ts';
import { MonitoredMetrics, math, orZero } from './MonitoredMetrics.ts';
import type { MonitoringProps } from './MonitoringProps.ts';
import { alarmsOfPulls } from './pullAlarms.ts';
import { alarmsOfSources } from './sourceAlarms.ts';

const minute = Duration.minutes(1);
const fiveMinutes = Duration.minutes(5);
const quarterHour = Duration.minutes(15);
const hour = Duration.hours(1);
const day = Duration.days(1);

/** Segment stops waiting after 5 s. Operators must know before that. */
const latencyLimitMs = 3_500;
/**
 * A message is delayed for at most 15 minutes. Then it waits for a runner, and after a crash for the visibility timeout.
 * A run that waits longer is sent again within 15 minutes, and then reports its age.
 */
const longestDelay = quarterHour;
const slack = Duration.minutes(10);

/**
 * Every alarm of a deployment. An alarm that rolls back a release must go off within the 5 minutes in which the new
 * version gets a tenth of the invocations. After that, no alarm stops the release.
 */
export function alarmCatalogue(
  props: MonitoringProps,
): Readonly<Partial<Record<AlarmName, AlarmDefinition>>> {
  return {
    ...alarmsOfReceiver(props),
    ...alarmsOfSources(props),
    ...alarmsOfRuns(props),
    ...alarmsOfDispatcher(props),
    ...alarmsOfCredits(props),
    ...forgetterFailures(props),
    ...alarmsOfPulls(props),
    ...noEvents(props),
  };
}

function alarmsOfReceiver(props: MonitoringProps): Partial<Record<AlarmName, AlarmDefinition>> {
  const own = new MonitoredMetrics(props.serviceName);
  // Two requests that queue the same events at the same time are not a failure: the second one is answered 503.
  const failures = `${orZero('failed')} - ${orZero('busy')} + ${orZero('crashed')}`;
  return {
    SignatureFailures: {
      metric: math(
        'refused signatures',
        `IF(${orZero('wrong')} >= 1 OR (${orZero('missing')} >= 10 AND ${orZero('accepted')} == 0), 1, 0)`,
        {
          wrong: own.sum('SignatureRefused'),
          missing: own.sum('SignatureMissing'),
          accepted: own.sum('RequestsAccepted'),
        },
      ),
      threshold: 1,
      description:
        'Requests were refused because of a wrong signature, or all were unsigned. If a source sent them, their events are lost.',
    },
    SignedRequestsRefused: {
      metric: own.sum('SignedRequestsRefused'),
      threshold: 1,
      description:
        'Requests with a right signature were answered 400, 404, 405 or 413: their events are lost.',
    },
    ReleaseRefusesRequests: releaseRefusesRequests(props),
    ReceiverFailures: {
      metric: math('failed requests, percent', `IF(${failures} >= 3, 100 * (${failures}) / requests, 0)`, {
        failed: own.sum('RequestsFailed'),
        busy: own.sum('RequestsBusy'),
        crashed: props.receiver.metricErrors({ period: fiveMinutes, statistic: 'Sum' }),
        requests: props.receiver.metricInvocations({ period: fiveMinutes, statistic: 'Sum' }),
      }),
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
      description: `One request in a hundred takes longer than ${latencyLimitMs} ms. Segment stops waiting after 5 s and sends the events again.`,
      rollsBack: 'receiver',
    },
    Throttles: {
      metric: throttled(props),
      threshold: 1,
      periods: 3,
      badPeriods: 2,
      description:
        'AWS throttled a function or the table: a limit of the account or receiverReservedConcurrency is reached.',
    },
  };
}

/**
 * A new version that refuses what it should accept. Strangers can post wrong signatures, but nobody except a sender with
 * the secret can make the receiver accept a request. So the release goes on as long as the new version accepts anything.
 * If it accepts nothing, two wrong signatures roll it back. Requests that were refused for any other reason count only if
 * the version before accepted enough requests in the same time: of 50 random requests, a new version with a tenth of
 * them gets none with a probability of 0.5 %.
 */
function releaseRefusesRequests(props: MonitoringProps): AlarmDefinition {
  const both = new MonitoredMetrics(props.serviceName);
  const released = new MonitoredMetrics(props.serviceName, { version: props.receiverVersion });
  const isBroken = `${orZero('wrong')} >= 2 OR (${orZero('refused')} >= 2 AND ${orZero('accepted')} >= 50)`;
  return {
    metric: math('new version refuses all', `IF(${orZero('taken')} == 0 AND (${isBroken}), 1, 0)`, {
      taken: released.sum('RequestsAccepted', 'accepted by the new version'),
      wrong: released.sum('SignatureRefused', 'wrong signatures, by the new version'),
      refused: released.sum('RequestsRefused', 'refused by the new version'),
      accepted: both.sum('RequestsAccepted', 'accepted by both versions'),
    }),
    threshold: 1,
    description:
      'The newest version of the receiver accepts no request and refuses some. If they came from Segment, their events are lost.',
    rollsBack: 'receiver',
  };
}

/** DynamoDB has `ThrottledRequests` only for single operations. These metrics are for the table and its indexes. */
function throttled({ receiver, runner, dispatcher, pull, table }: MonitoringProps): IMetric {
  const sum = { period: fiveMinutes, statistic: 'Sum' } as const;
  const ofIndex = (GlobalSecondaryIndexName: string): Metric =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName: 'WriteThrottleEvents',
      dimensionsMap: { TableName: table.tableName, GlobalSecondaryIndexName },
      ...sum,
    });
  const metrics = {
    receiver: receiver.metricThrottles(sum),
    runner: runner.metricThrottles(sum),
    dispatcher: dispatcher.metricThrottles(sum),
    ...(pull === undefined ? {} : { puller: pull.puller.metricThrottles(sum) }),
    reads: table.metric('ReadThrottleEvents', sum),
    writes: table.metric('WriteThrottleEvents', sum),
    index: ofIndex(runsByDay.indexName),
    parked: ofIndex(parkedIndex.indexName),
  };
  return math('throttled', Object.keys(metrics).map(orZero).join(' + '), metrics);
}

function alarmsOfRuns(props: MonitoringProps): Partial<Record<AlarmName, AlarmDefinition>> {
  const own = new MonitoredMetrics(props.serviceName);
  const healthy = longestDelay.plus(props.visibilityTimeout).plus(slack);
  const half = halfOfDeadlineMs(props);
  const isStuck = ['intake', 'ready']
    .map((queue) => `${orZero(queue)} > ${healthy.toSeconds()}`)
    .join(' OR ');
  return {
    RunsWaitTooLong: {
      metric: math(
        'waits too long',
        `IF(${isStuck} OR ${orZero('bulk')} > ${half / 1000} OR ${orZero('run')} > ${half}, 1, 0)`,
        {
          intake: props.runQueue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum' }),
          ready: props.readyQueue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum' }),
          // A backlog is normal here, for as long as its runs are being admitted.
          bulk: props.bulkQueue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum' }),
          run: own.metric('RunsWaitingAge', 'Maximum'),
        },
        quarterHour,
      ),
      threshold: 1,
      periods: 2,
      badPeriods: 1,
      description: `A message has been in the run queue or the ready queue for over ${healthy.toHumanString()}, or a run outside the ledger has waited for half of its deadline of ${props.runDeadline.toHumanString()}.`,
    },
    DeadLetters: {
      metric: props.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
        period: fiveMinutes,
        statistic: 'Maximum',
      }),
      threshold: 1,
      description:
        'Runs were dead-lettered. They are kept for 14 days, until an operator decides about them.',
    },
    RunnerCrashes: {
      // Lambda counts crashes and timeouts. A failed delivery that the function reports is not an error for Lambda.
      metric: math('failed deliveries', `${orZero('crashed')} + ${orZero('failed')}`, {
        crashed: props.runner.metricErrors({ period: fiveMinutes, statistic: 'Sum' }),
        failed: own.sum('DeliveriesFailed'),
      }),
      threshold: 2,
      description:
        'At least two deliveries crashed, timed out or failed within five minutes. Their runs come back. After five crashes a run is dead-lettered.',
      rollsBack: 'runner',
    },
    BreakerOpen: {
      metric: math('not called', ['opened', 'held', 'keyless'].map(orZero).join(' + '), {
        opened: own.sum('BreakerOpened'),
        held: own.sum('RunsHeldByBreaker'),
        keyless: own.sum('RunsWithoutApiKey'),
      }),
      threshold: 1,
      // The breaker opens for up to 15 minutes, and runs come back within another 15.
      periods: 6,
      badPeriods: 1,
      description:
        'Mavera is not called: it refuses the key or the account, it is down, or its key is not filled in. All runs wait.',
    },
  };
}

function halfOfDeadlineMs({ runDeadline }: MonitoringProps): number {
  return runDeadline.toMilliseconds() / 2;
}

function alarmsOfDispatcher(props: MonitoringProps): Partial<Record<AlarmName, AlarmDefinition>> {
  const own = new MonitoredMetrics(props.serviceName);
  return {
    ParkedRunsTooOld: {
      // Each pass of the dispatcher reports it. While nothing is parked there is no data.
      metric: own.metric('OldestParkedAge', 'Maximum'),
      threshold: halfOfDeadlineMs(props),
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
      description: `A parked run has waited for half of its deadline of ${props.runDeadline.toHumanString()}, without a pause, an approval or a known time that it waits for.`,
    },
    DispatcherNotFinished: {
      // With zeros, because for missing data CloudWatch first looks further back.
      metric: math('finished passes', orZero('finished'), { finished: own.sum('DispatcherFinished') }),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      missingData: TreatMissingData.BREACHING,
      description:
        'The dispatcher has not finished a pass for 5 minutes. Parked runs get no slots, and no more runs are parked.',
    },
    DispatcherFailures: {
      metric: props.dispatcher.metricErrors({ period: fiveMinutes, statistic: 'Sum' }),
      threshold: 2,
      description:
        'The dispatcher has failed at least twice within five minutes. A schedule starts it again each minute. Nothing is lost.',
      rollsBack: 'dispatcher',
    },
  };
}

function alarmsOfCredits(props: MonitoringProps): Partial<Record<AlarmName, AlarmDefinition>> {
  const own = new MonitoredMetrics(props.serviceName);
  const used = (period: Duration): IMetric => own.metric('BudgetUsed', 'Maximum', undefined, period);
  // Only runs report how full a budget is. Without runs, the last value holds until a run reports another one.
  const missingData = TreatMissingData.IGNORE;
  return {
    BudgetNearlySpent: {
      // Runs of other budgets report theirs as well. The highest value of some hours counts, so that the alarm stays.
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

function forgetterFailures({
  serviceName,
  forgetter,
}: MonitoringProps): Partial<Record<AlarmName, AlarmDefinition>> {
  if (forgetter === undefined) {
    return {};
  }
  const own = new MonitoredMetrics(serviceName);
  return {
    ForgetterFailures: {
      metric: math(
        'failed or unfinished',
        `${orZero('crashed')} + ${orZero('unfinished')}`,
        {
          crashed: forgetter.metricErrors({ period: day, statistic: 'Sum' }),
          unfinished: own.sum('ForgetsUnfinished', undefined, day),
        },
        day,
      ),
      threshold: 1,
      description:
        "The daily removal of users' data has failed or was not finished. The requests stay in the ledger.",
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
      // With zeros, because for missing data CloudWatch first looks further back.
      metric: math('events', orZero('received'), { received: own.sum('EventsReceived') }, hour),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: alarmWhenNoEventsFor.toHours(),
      missingData: TreatMissingData.BREACHING,
      description: `No event has come for ${alarmWhenNoEventsFor.toHumanString()}.`,
    },
  };
}
