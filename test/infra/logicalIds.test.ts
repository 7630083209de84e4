import { describe, expect, it } from 'vitest';
import { testTemplate } from './testStack.ts';

/**
 * The resources of the release before queues of their own for bulk and ready runs, by logical id, without the versions of
 * the functions: a new one is made by each release. CloudFormation replaces a resource whose id changes. A new table or
 * queue is empty, and a new secret has another value.
 */
const recordedBefore: Readonly<Record<string, string>> = {
  LedgerTable9343E4AA: 'AWS::DynamoDB::Table',
  RunQueueDeadLettersD1ADBA16: 'AWS::SQS::Queue',
  RunQueueDeadLettersPolicyBD4C8F66: 'AWS::SQS::QueuePolicy',
  RunQueueRuns66979B1B: 'AWS::SQS::Queue',
  RunQueueRunsPolicy58995CE8: 'AWS::SQS::QueuePolicy',
  ResultsTopicAC60231C: 'AWS::SNS::Topic',
  ResultsTopicPolicyC08A2D72: 'AWS::SNS::TopicPolicy',
  SegmentSecret082437BC: 'AWS::SecretsManager::Secret',
  ReceiverLogs921D31A4: 'AWS::Logs::LogGroup',
  ReceiverRoleA2179E9F: 'AWS::IAM::Role',
  ReceiverFunction5F91F2E5: 'AWS::Lambda::Function',
  ReceiverLiveA26AEFAB: 'AWS::Lambda::Alias',
  ReceiverLiveFunctionUrl659CC55F: 'AWS::Lambda::Url',
  ReceiverLiveinvokefunctionurlAB9EC277: 'AWS::Lambda::Permission',
  ReceiverLiveinvokefunctionCA83E434: 'AWS::Lambda::Permission',
  ReceiverTracing57C83361: 'AWS::IAM::Policy',
  MaveraSecret04170366: 'AWS::SecretsManager::Secret',
  RunnerLogs696CEF90: 'AWS::Logs::LogGroup',
  RunnerRole4782C5F2: 'AWS::IAM::Role',
  RunnerFunction51B573FD: 'AWS::Lambda::Function',
  RunnerLive8F40BD8E: 'AWS::Lambda::Alias',
  RunnerTracing4CEE989B: 'AWS::IAM::Policy',
  RunnerRunQueueMappingE9387C18: 'AWS::Lambda::EventSourceMapping',
  MonitoringSignatureFailuresCFE7C34C: 'AWS::CloudWatch::Alarm',
  MonitoringSignedRequestsRefused317BE2EB: 'AWS::CloudWatch::Alarm',
  MonitoringReleaseRefusesRequestsC876D16A: 'AWS::CloudWatch::Alarm',
  MonitoringReceiverFailuresE9FBB972: 'AWS::CloudWatch::Alarm',
  MonitoringReceiverLatencyFC5693E4: 'AWS::CloudWatch::Alarm',
  MonitoringThrottlesBE7F063A: 'AWS::CloudWatch::Alarm',
  MonitoringRunsWaitTooLong874FC4C0: 'AWS::CloudWatch::Alarm',
  MonitoringDeadLettersD99D287D: 'AWS::CloudWatch::Alarm',
  MonitoringRunnerCrashesA0011949: 'AWS::CloudWatch::Alarm',
  MonitoringBreakerOpenCFA270A7: 'AWS::CloudWatch::Alarm',
  MonitoringBudgetNearlySpent3B894628: 'AWS::CloudWatch::Alarm',
  MonitoringBudgetSpent8904DDF9: 'AWS::CloudWatch::Alarm',
  MonitoringDashboard0C3675C6: 'AWS::CloudWatch::Dashboard',
  RunnerReleaseApplication1CCE5BD1: 'AWS::CodeDeploy::Application',
  RunnerReleaseGroupServiceRoleB844DCDC: 'AWS::IAM::Role',
  RunnerReleaseGroup099AEDA7: 'AWS::CodeDeploy::DeploymentGroup',
  ReceiverReleaseApplication5E3DD4CC: 'AWS::CodeDeploy::Application',
  ReceiverReleaseGroupServiceRole56C61CA0: 'AWS::IAM::Role',
  ReceiverReleaseGroup96663840: 'AWS::CodeDeploy::DeploymentGroup',
};

/** What 0.3.0 added to them. */
const recordedOfParking: Readonly<Record<string, string>> = {
  BulkQueueC6016202: 'AWS::SQS::Queue',
  BulkQueuePolicy8113E9D1: 'AWS::SQS::QueuePolicy',
  ReadyQueueF07863E4: 'AWS::SQS::Queue',
  ReadyQueuePolicy74B4CD79: 'AWS::SQS::QueuePolicy',
  RunnerBulkQueueMapping27CE1545: 'AWS::Lambda::EventSourceMapping',
  RunnerReadyQueueMapping62729E3C: 'AWS::Lambda::EventSourceMapping',
  DispatchQueue898EB017: 'AWS::SQS::Queue',
  DispatcherLogs97993B5A: 'AWS::Logs::LogGroup',
  DispatcherRoleE468EB9E: 'AWS::IAM::Role',
  DispatcherFunction30F49669: 'AWS::Lambda::Function',
  DispatcherLive85279D0D: 'AWS::Lambda::Alias',
  DispatcherDispatchQueueMapping8FBD6755: 'AWS::Lambda::EventSourceMapping',
  DispatcherScheduleE8CA16D8: 'AWS::Events::Rule',
};

describe('a stack of an earlier release', () => {
  it.each([
    ['0.2.0', recordedBefore],
    ['0.3.0', recordedOfParking],
  ])('keeps each resource of %s when it is updated', (_, recorded) => {
    const resources = testTemplate().toJSON().Resources as Record<string, { readonly Type: string }>;
    const now = Object.keys(recorded).map((id) => [id, resources[id]?.Type]);
    expect(Object.fromEntries(now)).toEqual(recorded);
  });
});
