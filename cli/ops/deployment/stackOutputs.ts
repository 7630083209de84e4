import { OperatorError } from '../operatorError.ts';
import { explainAwsError } from './awsProblem.ts';
import { clientOptions } from './clientOptions.ts';

/**
 * The region for the SDK: `--region`, else `AWS_DEFAULT_REGION`, which the AWS CLI reads and the SDK does not.
 * `AWS_REGION` comes before it, as in the AWS CLI.
 *
 * @returns `undefined` leaves it to the SDK: `AWS_REGION`, or the profile's region
 */
export function regionFor(
  option: string | undefined,
  { AWS_REGION = '', AWS_DEFAULT_REGION = '' }: Readonly<Record<string, string | undefined>>,
): string | undefined {
  return option ?? (AWS_REGION === '' && AWS_DEFAULT_REGION !== '' ? AWS_DEFAULT_REGION : undefined);
}

/** The stack's outputs that the commands use: `infra/MaveraTriggersStack.ts`. */
const names = {
  tableName: 'LedgerTableName',
  runQueueUrl: 'RunQueueUrl',
  deadLetterQueueUrl: 'DeadLetterQueueUrl',
  segmentUrl: 'SegmentUrl',
  segmentSecretName: 'SegmentSecretName',
};

/** Outputs that stacks of release 0.2.0 and earlier do not have, and those that only some stacks have. */
const newerNames = {
  bulkQueueUrl: 'BulkQueueUrl',
  readyQueueUrl: 'ReadyQueueUrl',
  runnerLogGroup: 'RunnerLogGroupName',
  receiverLogGroup: 'ReceiverLogGroupName',
  sendgridSecretId: 'SendGridSecretArn',
  segopsSecretId: 'SegOpsSecretArn',
  maveraSecretName: 'MaveraSecretName',
  pullQueueUrl: 'PullQueueUrl',
  pullDeadLetterQueueUrl: 'PullDeadLetterQueueUrl',
  pullerLogGroup: 'PullerLogGroupName',
  pulls: 'Pulls',
};

/** Where the parts of a deployed stack are. */
export type StackOutputs = Readonly<
  Record<keyof typeof names | 'region', string> & Record<keyof typeof newerNames, string | undefined>
>;

/**
 * Asks CloudFormation for the outputs of a stack.
 *
 * @param region `undefined`: that of the environment or the profile
 * @throws OperatorError for credentials, permissions, or a missing stack
 */
export async function readStackOutputs(stack: string, region: string | undefined): Promise<StackOutputs> {
  // The local system does not need it.
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const chosen = regionFor(region, process.env);
  const client = new CloudFormationClient({
    ...clientOptions,
    ...(chosen === undefined ? {} : { region: chosen }),
  });
  try {
    const resolvedRegion = await client.config.region();
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    const values = new Map(
      (Stacks[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );
    const output = (name: keyof typeof names): string => {
      const value = values.get(names[name]);
      if (value === undefined) {
        throw new OperatorError(
          `Stack "${stack}" has no output ${names[name]}: is it a stack of mavera-triggers, and was its deployment completed?`,
        );
      }
      return value;
    };
    return {
      region: resolvedRegion,
      tableName: output('tableName'),
      runQueueUrl: output('runQueueUrl'),
      bulkQueueUrl: values.get(newerNames.bulkQueueUrl),
      readyQueueUrl: values.get(newerNames.readyQueueUrl),
      runnerLogGroup: values.get(newerNames.runnerLogGroup),
      receiverLogGroup: values.get(newerNames.receiverLogGroup),
      sendgridSecretId: values.get(newerNames.sendgridSecretId),
      segopsSecretId: values.get(newerNames.segopsSecretId),
      maveraSecretName: values.get(newerNames.maveraSecretName),
      pullQueueUrl: values.get(newerNames.pullQueueUrl),
      pullDeadLetterQueueUrl: values.get(newerNames.pullDeadLetterQueueUrl),
      pullerLogGroup: values.get(newerNames.pullerLogGroup),
      pulls: values.get(newerNames.pulls),
      deadLetterQueueUrl: output('deadLetterQueueUrl'),
      segmentUrl: output('segmentUrl'),
      segmentSecretName: output('segmentSecretName'),
    };
  } catch (error) {
    const problem = isMissingStack(error)
      ? `There is no stack "${stack}" in ${await client.config.region()}: name it with --stack, its region with ` +
        '--region, or add --local for the system of `npm run dev`.'
      : explainAwsError(error);
    throw problem === undefined ? error : new OperatorError(problem, { cause: error });
  } finally {
    client.destroy();
  }
}

/** CloudFormation has no error of its own for a missing stack. */
function isMissingStack(error: unknown): boolean {
  return (
    error instanceof Error && error.name === 'ValidationError' && error.message.includes('does not exist')
  );
}
