import {
  Alarm,
  ComparisonOperator,
  type Dashboard,
  type IAlarm,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import { alarmCatalogue } from './alarmCatalogue.ts';
import type { AlarmDefinition, AlarmName } from './alarmDefinition.ts';
import { createDashboard } from './dashboard/createDashboard.ts';
import type { MonitoringProps } from './MonitoringProps.ts';

/** The dashboard and the alarms. Each alarm has a section in the runbook. */
export class Monitoring extends Construct {
  readonly dashboard: Dashboard;
  readonly alarms: ReadonlyMap<AlarmName, Alarm>;
  /** The alarms that roll back a release of the receiver. */
  readonly receiverAlarms: readonly IAlarm[];
  /** The alarms that roll back a release of the runner. */
  readonly runnerAlarms: readonly IAlarm[];
  /** The alarms that roll back a release of the dispatcher. */
  readonly dispatcherAlarms: readonly IAlarm[];

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const definitions = Object.entries(alarmCatalogue(props)) as [AlarmName, AlarmDefinition][];
    this.alarms = new Map(
      definitions.map(([name, definition]) => [name, this.#alarm(name, definition, props)]),
    );
    const rollingBack = (what: AlarmDefinition['rollsBack']): readonly IAlarm[] =>
      definitions.flatMap(([name, { rollsBack }]) => {
        const alarm = this.alarms.get(name);
        return alarm !== undefined && rollsBack === what ? [alarm] : [];
      });
    this.receiverAlarms = rollingBack('receiver');
    this.runnerAlarms = rollingBack('runner');
    this.dispatcherAlarms = rollingBack('dispatcher');
    this.dashboard = createDashboard(this, props, [...this.alarms.values()]);
  }

  #alarm(name: AlarmName, definition: AlarmDefinition, props: MonitoringProps): Alarm {
    const { metric, threshold, periods = 1, badPeriods = periods, description } = definition;
    const alarm = new Alarm(this, name, {
      metric,
      threshold,
      evaluationPeriods: periods,
      datapointsToAlarm: badPeriods,
      comparisonOperator: definition.comparison ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: definition.missingData ?? TreatMissingData.NOT_BREACHING,
      alarmDescription: `${description} Runbook: ${props.runbookUrl}#${name.toLowerCase()}`,
    });
    if (props.alarmTopic !== undefined) {
      const action = new SnsAction(props.alarmTopic);
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
    return alarm;
  }
}
