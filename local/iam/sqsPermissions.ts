import * as z from 'zod';
import { queueArn } from '../account/arns.ts';
import { type RequiredPermission, readFields } from './requiredPermission.ts';

const byUrl = z.object({ QueueUrl: z.string() });
const byName = z.object({ QueueName: z.string() });

/**
 * The permission that an SQS call needs: a batch needs that of the single call.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
 */
export function sqsPermissions(operation: string, body: unknown): readonly RequiredPermission[] {
  const action = `sqs:${operation.replace(/Batch$/, '')}`;
  const url = readFields(byUrl, body)?.QueueUrl;
  if (url !== undefined) {
    return [{ action, resource: queueArnOfUrl(url) }];
  }
  const name = readFields(byName, body)?.QueueName;
  return [{ action, resource: name === undefined ? '*' : queueArn(name) }];
}

/** The ARN of the queue with a URL such as `http://127.0.0.1:9324/000000000000/runs`. */
export function queueArnOfUrl(url: string): string {
  const [name = '', account = ''] = url.split('/').reverse();
  return /^\d{12}$/.test(account) ? queueArn(name, account) : queueArn(name);
}
