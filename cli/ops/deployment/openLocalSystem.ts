import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { localCredentials } from '../../../local/aws/credentials.ts';
import { readLocalState } from '../../../local/dev/localState.ts';
import { region } from '../../../local/template/pseudoParameters.ts';
import { OperatorError } from '../operatorError.ts';
import { codeOf } from './awsProblem.ts';
import type { Deployment } from './deployment.ts';

const notRunning = 'No local system is running here: start it with `npm run dev`, in this directory.';
/** Errors of a server that is not there, and of another one that has its port now. */
const goneErrors: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ResourceNotFoundException',
  'QueueDoesNotExist',
]);

/**
 * Opens the system that `npm run dev` has started in this directory.
 *
 * @throws OperatorError when there is none
 */
export async function openLocalSystem(directory: string): Promise<Deployment> {
  const state = await readLocalState(directory);
  if (state === undefined || !isAlive(state.pid)) {
    throw new OperatorError(notRunning);
  }
  const settings = { region, credentials: localCredentials, maxAttempts: 2 };
  const dynamodb = new DynamoDBClient({ ...settings, endpoint: state.endpoints.dynamodb });
  const sqs = new SQSClient({ ...settings, endpoint: state.endpoints.sqs });
  return {
    title: 'local system',
    flags: ' --local',
    dynamodb,
    sqs,
    tableName: state.tableName,
    runQueueUrl: state.runQueueUrl,
    deadLetterQueueUrl: state.deadLetterQueueUrl,
    explain: (error) =>
      error instanceof Error && (goneErrors.has(error.name) || goneErrors.has(codeOf(error)))
        ? notRunning
        : undefined,
    close: () => {
      dynamodb.destroy();
      sqs.destroy();
    },
  };
}

/** Signal 0 only asks. Another user's process may not be asked, but is there. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && codeOf(error) === 'EPERM';
  }
}
