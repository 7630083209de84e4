import {
  AlarmStatusWidget,
  Dashboard,
  type IAlarm,
  type IWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Aws, Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { MonitoringProps } from '../MonitoringProps.ts';
import { costWidgets } from './costWidgets.ts';
import { creditWidgets } from './creditWidgets.ts';
import { failureWidgets } from './failureWidgets.ts';
import { maveraWidgets } from './maveraWidgets.ts';
import { pullWidgets } from './pullWidgets.ts';
import { runWidgets } from './runWidgets.ts';
import { sourceWidgets } from './sourceWidgets.ts';
import { trafficWidgets } from './trafficWidgets.ts';

/** The whole width of a dashboard. */
const fullWidth = 24;

/** One page that answers: does Segment get its 200s, does a run wait too long, what does it cost, what failed and why? */
export function createDashboard(
  scope: Construct,
  props: MonitoringProps,
  alarms: readonly IAlarm[],
): Dashboard {
  const rows: readonly (readonly IWidget[])[] = [
    [
      new TextWidget({ width: fullWidth, height: 3, markdown: header(props) }),
      new AlarmStatusWidget({ title: 'Alarms', width: fullWidth, height: 3, alarms: [...alarms] }),
    ],
    trafficWidgets(props),
    sourceWidgets(props),
    runWidgets(props),
    pullWidgets(props),
    maveraWidgets(props),
    creditWidgets(props),
    costWidgets(props),
    ...failureWidgets(props),
  ];
  return new Dashboard(scope, 'Dashboard', {
    // The name must be unique in the account, across all regions.
    dashboardName: `${Aws.STACK_NAME}-${props.serviceName}-${Aws.REGION}`,
    defaultInterval: Duration.days(1),
    widgets: rows.filter((row) => row.length > 0).map((row) => [...row]),
  });
}

function header({ serviceName, runbookUrl }: MonitoringProps): string {
  return [
    `# ${serviceName}`,
    'From the top: does Segment get its 200s · do runs get done · is Mavera well · what does it cost, in credits and in ' +
      `dollars · what failed, and why. What to do about each alarm: ${runbookUrl}.`,
  ].join('\n');
}
