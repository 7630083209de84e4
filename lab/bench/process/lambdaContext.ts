/** The receiver's timeout in the template. */
const timeoutMs = 10_000;

/** The context of an invocation that begins now. */
export function lambdaContext(awsRequestId: string): object {
  const deadlineMs = Date.now() + timeoutMs;
  return {
    awsRequestId,
    functionVersion: '42',
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}
