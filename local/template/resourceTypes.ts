import { LocalSystemError } from '../localSystemError.ts';
import type { TemplateResource } from './template.ts';

/** The types of resources that are made to work here. */
const servedTypes: readonly string[] = [
  'AWS::DynamoDB::Table',
  'AWS::DynamoDB::GlobalTable',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Url',
  'AWS::Lambda::Version',
  'AWS::Logs::LogGroup',
  'AWS::SecretsManager::Secret',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
];

/** The types that change nothing in what the functions can see or do here, and why. */
const typesWithoutEffect: Readonly<Record<string, string>> = {
  'AWS::CDK::Metadata': 'usage statistics of the CDK',
  'AWS::CloudWatch::Alarm': 'there are no metrics here, but those that the functions log',
  'AWS::CloudWatch::CompositeAlarm': 'there are no metrics here, but those that the functions log',
  'AWS::CloudWatch::Dashboard': 'there are no metrics here, but those that the functions log',
  'AWS::CodeDeploy::Application': 'what is released here is there at once, and whole',
  'AWS::CodeDeploy::DeploymentGroup': 'what is released here is there at once, and whole',
  'AWS::Lambda::EventInvokeConfig': 'about asynchronous invocations, of which there are none',
  'AWS::Lambda::Permission': 'the Function URL here is open to the machine that it runs on, and to no other',
  'AWS::Logs::MetricFilter': 'there are no metrics here, but those that the functions log',
  'AWS::Logs::QueryDefinition': 'a saved query of the console',
  'AWS::SecretsManager::ResourcePolicy': 'within one account the policy of the role decides',
  'AWS::SNS::TopicPolicy': 'within one account the policy of the role decides',
  'AWS::SQS::QueuePolicy': 'within one account the policy of the role decides',
};

/**
 * Refuses a template with a resource that would be deployed but not be here.
 *
 * @throws {LocalSystemError} naming the first such resource.
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
