/**
 * List prices of us-east-1 in dollars, November 2026. Other regions differ by up to some tens of percent. Source: the
 * pricing pages of AWS Lambda (arm64), Amazon DynamoDB (on demand), Amazon SQS and Amazon CloudWatch.
 */
export const listPrices = {
  perLambdaRequest: 0.2e-6,
  perLambdaGbSecond: 0.000_013_333_4,
  perWriteUnit: 0.625e-6,
  perReadUnit: 0.125e-6,
  perQueueRequest: 0.4e-6,
  perLogByte: 0.5 / 1024 ** 3,
} as const;
