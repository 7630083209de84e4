import { LocalSystemError } from '../localSystemError.ts';
import type { TemplateResource } from './template.ts';

/** The types of resources that the local system runs. */
const servedTypes: readonly string[] = [
  'AWS::DynamoDB::Table',
  'AWS::DynamoDB::GlobalTable',
  'AWS::Events::Rule',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Url',
  'AWS::Lambda::Version',
  'AWS::Logs::LogGroup',
  'AWS::Scheduler::Schedule',
  'AWS::Scheduler::ScheduleGroup',
  'AWS::SecretsManager::Secret',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
];

/** The types that change nothing for the functions here, and why. */
const typesWithoutEffect: Readonly<Record<string, string>> = {
  'AWS::CDK::Metadata': 'usage statistics of the CDK',
  'AWS::CloudWatch::Alarm': 'the only metrics here are the log lines of the functions',
  'AWS::CloudWatch::CompositeAlarm': 'the only metrics here are the log lines of the functions',
  'AWS::CloudWatch::Dashboard': 'the only metrics here are the log lines of the functions',
  'AWS::CodeDeploy::Application': 'the local system has one release, which is complete at once',
  'AWS::CodeDeploy::DeploymentGroup': 'the local system has one release, which is complete at once',
  'AWS::Lambda::EventInvokeConfig': 'a schedule invokes a function once here: nothing is repeated or dropped',
  'AWS::Lambda::Permission': 'the Function URL here is open only to this machine',
  'AWS::Logs::MetricFilter': 'the only metrics here are the log lines of the functions',
  'AWS::Logs::QueryDefinition': 'it is a saved query of the console',
  'AWS::SecretsManager::ResourcePolicy': 'within one account the policy of the role decides',
  'AWS::SNS::TopicPolicy': 'within one account the policy of the role decides',
  'AWS::SQS::QueuePolicy': 'within one account the policy of the role decides',
};

/**
 * Refuses a template with a resource that is deployed to AWS but does not exist here.
 *
 * @throws {LocalSystemError} with the first such resource.
 */
export function checkResourceTypes(resources: readonly TemplateResource[]): void {
  for (const { logicalId, type } of resources) {
    if (!servedTypes.includes(type) && !Object.hasOwn(typesWithoutEffect, type)) {
      throw new LocalSystemError(
        `${logicalId}: the local system does not know ${type}; add it to local/template/resourceTypes.ts`,
      );
    }
  }
}
