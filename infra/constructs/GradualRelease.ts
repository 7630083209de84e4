import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** Options of {@link GradualRelease}. */
export interface GradualReleaseProps {
  readonly alias: Alias;
  /** Any of these in alarm takes the release back. */
  readonly alarms: readonly IAlarm[];
}

/**
 * Shifts an alias to a new version by CodeDeploy: a tenth of the invocations for 5 minutes, then all. Both versions work
 * on the same ledger meanwhile, as they do for a moment in any release.
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
        'What CodeDeploy calls to shift an alias is its own affair: AWS keeps this policy up to date, and only CodeDeploy can take the role.',
    });
  }
}
