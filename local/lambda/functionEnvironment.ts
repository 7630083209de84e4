import { region } from '../account/account.ts';
import type { StackFunction } from '../template/stackFunction.ts';

/**
 * The environment variables of a function: those of the template, those that Lambda sets, and the endpoint of the
 * gateway. It has no variables of this machine.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 *
 * @param accessKeyId by which the gateway knows the function.
 * @param endpoint of the gateway.
 */
export function functionEnvironment(
  fn: StackFunction,
  accessKeyId: string,
  endpoint: string,
): Readonly<Record<string, string>> {
  return {
    ...fn.environment,
    _HANDLER: fn.handler,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_DEFAULT_REGION: region,
    // For every other service, so that a call to it fails at the gateway and never reaches AWS.
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
    AWS_ENDPOINT_URL_SNS: endpoint,
    AWS_ENDPOINT_URL_SQS: endpoint,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: fn.logGroupName,
    AWS_REGION: region,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    LAMBDA_TASK_ROOT: fn.directory,
    TZ: ':UTC',
  };
}
