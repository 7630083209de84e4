import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { explainAwsError } from './awsProblem.ts';
import { readCallerArn } from './callerIdentity.ts';
import { clientOptions } from './clientOptions.ts';
import { deployedPulls, readSchedules } from './deployedPulls.ts';
import type { Deployment } from './deployment.ts';
import { defaultStack } from './deploymentOptions.ts';
import { openLogs } from './logs.ts';
import { readExecutions } from './readExecutions.ts';
import { readStackOutputs } from './stackOutputs.ts';

/**
 * Opens a stack in AWS, with the credentials of the environment.
 *
 * @param region `undefined`: that of the environment or the profile
 * @throws OperatorError for credentials, permissions, or a missing stack
 */
export async function openStack(stack: string, region: string | undefined): Promise<Deployment> {
  const outputs = await readStackOutputs(stack, region);
  const settings = { ...clientOptions, region: outputs.region };
  const dynamodb = new DynamoDBClient(settings);
  const sqs = new SQSClient(settings);
  const { runnerLogGroup, pullerLogGroup } = outputs;
  const logGroups = [runnerLogGroup, pullerLogGroup].filter((group) => group !== undefined);
  const logs = logGroups.length === 0 ? undefined : openLogs(logGroups, settings);
  return {
    title: `stack ${stack} in ${outputs.region}`,
    flags:
      (stack === defaultStack ? '' : ` --stack ${stack}`) +
      (region === undefined ? '' : ` --region ${region}`),
    dynamodb,
    sqs,
    tableName: outputs.tableName,
    runQueueUrl: outputs.runQueueUrl,
    bulkQueueUrl: outputs.bulkQueueUrl,
    readyQueueUrl: outputs.readyQueueUrl,
    deadLetterQueueUrl: outputs.deadLetterQueueUrl,
    pulls: deployedPulls(outputs, readSchedules(outputs.pulls)),
    logs,
    readExecutions: () => readExecutions(sqs, outputs),
    readCaller: () => readCallerArn(dynamodb),
    explain: explainAwsError,
    close: () => {
      dynamodb.destroy();
      sqs.destroy();
      logs?.close();
    },
  };
}
