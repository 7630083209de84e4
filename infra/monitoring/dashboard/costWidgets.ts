import { type IWidget, Metric, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Duration } from 'aws-cdk-lib/core';
import { parkedIndex } from '../../../functions/ledger/parkedIndex.ts';
import { runsByDay } from '../../../functions/ledger/runsByDay.ts';
import { listPrices } from '../listPrices.ts';
import { math, orZero } from '../MonitoredMetrics.ts';
import type { MonitoringProps } from '../MonitoringProps.ts';
import { graph, width } from './widget.ts';

const hour = Duration.hours(1);
const hourly = { period: hour, statistic: 'Sum' } as const;

/** What does AWS cost in dollars, by list prices? */
export function costWidgets(props: MonitoringProps): readonly IWidget[] {
  return [
    graph(
      'AWS, dollars an hour',
      [
        lambdaCost('receiver', 'a', props.receiver, props.receiverMemoryMb),
        lambdaCost('runner', 'b', props.runner, props.runnerMemoryMb),
        lambdaCost('dispatcher', 'c', props.dispatcher, props.dispatcherMemoryMb),
        ...(props.pull === undefined
          ? []
          : [lambdaCost('puller', 'd', props.pull.puller, props.pull.memoryMb)]),
        tableCost(props),
        queueCost(props),
        logCost(props),
      ],
      { unit: '$', stacked: true, period: hour },
    ),
    new TextWidget({
      width,
      height: 6,
      markdown:
        '**Dollars**: list prices of us-east-1, November 2026, for requests and time of the functions, read and write units, ' +
        'queue requests and log bytes. Not included: Mavera, an HTTP API, the table’s storage and backups, metrics, alarms ' +
        'and this dashboard (some tens of dollars a month), results topic, free tiers and discounts.',
    }),
  ];
}

/** Without an exponent, because metric math takes its letter for the name of a metric. */
function decimal(price: number): string {
  return price.toFixed(15);
}

/** @param id what the names of the metrics in the expression begin with */
function lambdaCost(name: string, id: string, fn: IFunction, memoryMb: number): ReturnType<typeof math> {
  const perMs = (memoryMb / 1024 / 1000) * listPrices.perLambdaGbSecond;
  return math(
    name,
    `${orZero(`${id}ms`)} * ${decimal(perMs)} + ${orZero(`${id}calls`)} * ${decimal(listPrices.perLambdaRequest)}`,
    { [`${id}ms`]: fn.metricDuration(hourly), [`${id}calls`]: fn.metricInvocations(hourly) },
    hour,
  );
}

function tableCost({ table }: MonitoringProps): ReturnType<typeof math> {
  const { perWriteUnit, perReadUnit } = listPrices;
  const ofIndex = (metricName: string, GlobalSecondaryIndexName: string): Metric =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: table.tableName, GlobalSecondaryIndexName },
      ...hourly,
    });
  const writes = ['writes', 'index', 'parked'].map(orZero).join(' + ');
  const reads = ['reads', 'parkedReads'].map(orZero).join(' + ');
  return math(
    'ledger',
    `(${writes}) * ${decimal(perWriteUnit)} + (${reads}) * ${decimal(perReadUnit)}`,
    {
      writes: table.metricConsumedWriteCapacityUnits(hourly),
      index: ofIndex('ConsumedWriteCapacityUnits', runsByDay.indexName),
      parked: ofIndex('ConsumedWriteCapacityUnits', parkedIndex.indexName),
      reads: table.metricConsumedReadCapacityUnits(hourly),
      parkedReads: ofIndex('ConsumedReadCapacityUnits', parkedIndex.indexName),
    },
    hour,
  );
}

/** A message is sent, received and deleted. Lambda also polls a queue while it is empty: those are empty receives. */
function queueCost(props: MonitoringProps): ReturnType<typeof math> {
  const { runQueue: intake, bulkQueue: bulk, readyQueue: ready, dispatchQueue: dispatch } = props;
  const queues = { intake, bulk, ready, dispatch, ...(props.pull && { pulls: props.pull.queue }) };
  const metrics = Object.fromEntries(
    Object.entries(queues).flatMap(([name, queue]) => [
      [`${name}Sent`, queue.metricNumberOfMessagesSent(hourly)],
      [`${name}Received`, queue.metricNumberOfMessagesReceived(hourly)],
      [`${name}Deleted`, queue.metricNumberOfMessagesDeleted(hourly)],
      [`${name}Empty`, queue.metricNumberOfEmptyReceives(hourly)],
    ]),
  );
  const requests = Object.keys(metrics).map(orZero).join(' + ');
  return math('queues', `(${requests}) * ${decimal(listPrices.perQueueRequest)}`, metrics, hour);
}

function logCost(props: MonitoringProps): ReturnType<typeof math> {
  const bytes = (logGroup: ILogGroup): Metric =>
    new Metric({
      namespace: 'AWS/Logs',
      metricName: 'IncomingBytes',
      dimensionsMap: { LogGroupName: logGroup.logGroupName },
      ...hourly,
    });
  const metrics = {
    receiverLog: bytes(props.receiverLogGroup),
    runnerLog: bytes(props.runnerLogGroup),
    dispatcherLog: bytes(props.dispatcherLogGroup),
    ...(props.pull && { pullerLog: bytes(props.pull.logGroup) }),
  };
  const all = Object.keys(metrics).map(orZero).join(' + ');
  return math('logs', `(${all}) * ${decimal(listPrices.perLogByte)}`, metrics, hour);
}
