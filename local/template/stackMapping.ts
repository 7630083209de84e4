import * as z from 'zod';
import { parseProperties } from './parseProperties.ts';

/** An event source mapping of the stack: which queue feeds which function, and how. */
export interface StackMapping {
  readonly logicalId: string;
  /** Name or ARN, as the template has it. */
  readonly functionName: string;
  readonly queueArn: string;
  readonly batchSize: number;
  /** At most this many invocations at a time; without it, as many as the function may have. */
  readonly maximumConcurrency?: number;
  /** Whether the function's answer names the messages that failed; otherwise a batch succeeds or fails as one. */
  readonly reportsBatchItemFailures: boolean;
}

/** What Lambda takes for a mapping that does not say. */
const defaultBatchSize = 10;

const maxReceivedMessages = 10;

const mappingSchema = z.strictObject({
  BatchSize: z
    .number()
    .int()
    .min(1)
    .max(maxReceivedMessages, { error: 'batches larger than 10 are not supported' })
    .default(defaultBatchSize),
  Enabled: z.literal(true, { error: 'a disabled mapping is not supported' }).optional(),
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  MaximumBatchingWindowInSeconds: z.literal(0, { error: 'batching windows are not supported' }).optional(),
  MetricsConfig: z.unknown().optional(),
  ScalingConfig: z.object({ MaximumConcurrency: z.number().int().min(2) }).optional(),
  Tags: z.unknown().optional(),
});

/**
 * Reads an event source mapping out of its resolved properties.
 *
 * @throws {LocalSystemError} for a setting that is not honoured here.
 */
export function stackMapping(logicalId: string, properties: unknown): StackMapping {
  const parsed = parseProperties(mappingSchema, logicalId, properties);
  const maximumConcurrency = parsed.ScalingConfig?.MaximumConcurrency;
  return {
    logicalId,
    functionName: parsed.FunctionName,
    queueArn: parsed.EventSourceArn,
    batchSize: parsed.BatchSize,
    ...(maximumConcurrency === undefined ? {} : { maximumConcurrency }),
    reportsBatchItemFailures: parsed.FunctionResponseTypes.includes('ReportBatchItemFailures'),
  };
}
