import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** Options of {@link GradualRelease}. */
export interface GradualReleaseProps {
  readonly alias: Alias;
  /** If one of these is in alarm, the release is rolled back. */
  readonly alarms: readonly IAlarm[];
}

/**
 * Moves an alias to a new version with CodeDeploy: first a tenth of the invocations for 5 minutes, then all. In that time
 * both versions use the same ledger.
 */
export class GradualRelease extends Construct {
  readonly deploymentGroup: LambdaDeploymentGroup;

  constructor(scope: Construct, id: string, { alias, alarms }: GradualReleaseProps) {
    super(scope, id);
    this.deploymentGroup = new LambdaDeploymentGroup(this, 'Group', {
      application: new LambdaApplication(this, 'Application'),
      alias,
      alarms: [...alarms],
      deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
    Validations.of(this.deploymentGroup).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]',
      reason:
        'AWS maintains this policy for the calls that CodeDeploy makes to move an alias, and only CodeDeploy can assume the role.',
    });
  }
}
