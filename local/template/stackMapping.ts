import * as z from 'zod';
import { parseProperties } from './parseProperties.ts';

/** An event source mapping of the stack, from a queue to a function. */
export interface StackMapping {
  readonly logicalId: string;
  /** A name or an ARN, as in the template. */
  readonly functionName: string;
  readonly queueArn: string;
  readonly batchSize: number;
  /** The most invocations at a time; absent: the function's own limit. */
  readonly maximumConcurrency?: number;
  /** Whether the function's answer names failed messages; otherwise a batch succeeds or fails as a whole. */
  readonly reportsBatchItemFailures: boolean;
}

/** The default of Lambda. */
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
 * Reads an event source mapping from its resolved properties.
 *
 * @throws {LocalSystemError} for a property that the local system does not support.
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
