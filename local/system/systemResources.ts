import * as z from 'zod';
import { type SourceName, sourceNames } from '../../functions/sources/source.ts';
import type { Endpoints } from '../aws/endpoints.ts';
import { LocalSystemError } from '../localSystemError.ts';
import { parseProperties } from '../template/parseProperties.ts';
import type { StackFunction } from '../template/stackFunction.ts';
import type { StackFunctions } from './functionsByKind.ts';
import type { StartedFunction } from './startFunction.ts';
import type { LocalPulls } from './startPulls.ts';

/** The functions' resources, by their names at the servers: for tests and for debugging. */
export interface SystemResources {
  readonly tableName: string;
  readonly runQueueUrl: string;
  readonly bulkQueueUrl: string;
  readonly readyQueueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** Only with a trigger that pulls. */
  readonly pullQueueUrl?: string | undefined;
  readonly pullDeadLetterQueueUrl?: string | undefined;
  readonly resultsTopicArn: string;
  readonly segmentSecretArn: string;
  readonly maveraSecretArn: string;
  /** Only with a trigger of this source. */
  readonly sendgridSecretArn?: string | undefined;
  readonly segopsSecretArn?: string | undefined;
  /** Only with a trigger that needs this system. */
  readonly segmentProfilesSecretArn?: string | undefined;
  readonly segmentApiSecretArn?: string | undefined;
  readonly segopsApiSecretArn?: string | undefined;
  readonly sendgridApiSecretArn?: string | undefined;
  readonly segmentWriteKeySecretArn?: string | undefined;
}

/** The sources that the receiver is open for. */
export function openSources(receiver: StackFunction): readonly SourceName[] {
  return sourceNames.filter((name) => receiver.environment[secretVariables[name]] !== undefined);
}

const secretVariables: Readonly<Record<SourceName, string>> = {
  segment: 'SEGMENT_SECRET_ARN',
  sendgrid: 'SENDGRID_SECRET_ARN',
  segops: 'SEGOPS_SECRET_ARN',
};

const receiverSchema = z.object({
  LEDGER_TABLE_NAME: z.string(),
  RUN_QUEUE_URL: z.string(),
  BULK_QUEUE_URL: z.string(),
  SEGMENT_SECRET_ARN: z.string().optional(),
  SENDGRID_SECRET_ARN: z.string().optional(),
  SEGOPS_SECRET_ARN: z.string().optional(),
});

/** The secrets of the systems that a function calls. */
const systemsSchema = z.object({
  SEGMENT_PROFILES_SECRET_ARN: z.string().optional(),
  SEGMENT_API_SECRET_ARN: z.string().optional(),
  SEGOPS_API_SECRET_ARN: z.string().optional(),
  SENDGRID_API_SECRET_ARN: z.string().optional(),
});

const runnerSchema = systemsSchema.extend({
  READY_QUEUE_URL: z.string(),
  DEAD_LETTER_QUEUE_URL: z.string(),
  MAVERA_SECRET_ARN: z.string(),
  RESULTS_TOPIC_ARN: z.string(),
  SEGMENT_WRITE_KEY_SECRET_ARN: z.string().optional(),
});

/** The secret of Segment is there although no trigger has this source, so that no function knows it. */
const segmentSecret = /:secret:(?:.*\/)?segment-[^-]{6}$/;

/**
 * Reads the names from the functions' environment in the template.
 *
 * @param secretArns of all secrets of the template
 * @throws {LocalSystemError} when an environment lacks one of them.
 */
export function systemResources(
  functions: StackFunctions,
  pulls: LocalPulls,
  endpoints: Endpoints,
  secretArns: ReadonlySet<string>,
): SystemResources {
  const { receiver, runner, puller } = functions;
  const ofReceiver = environmentOf(receiver, receiverSchema);
  const ofRunner = environmentOf(runner, runnerSchema);
  const ofSystems = { ...(puller === undefined ? {} : environmentOf(puller, systemsSchema)), ...ofRunner };
  const segmentSecretArn =
    ofReceiver.SEGMENT_SECRET_ARN ?? [...secretArns].find((arn) => segmentSecret.test(arn));
  if (segmentSecretArn === undefined) {
    throw new LocalSystemError('the template has no secret of Segment');
  }
  // The URLs in the environment point to the gateway.
  const atServer = (queueUrl: string): string => `${endpoints.sqs}${new URL(queueUrl).pathname}`;
  return {
    tableName: ofReceiver.LEDGER_TABLE_NAME,
    runQueueUrl: atServer(ofReceiver.RUN_QUEUE_URL),
    bulkQueueUrl: atServer(ofReceiver.BULK_QUEUE_URL),
    readyQueueUrl: atServer(ofRunner.READY_QUEUE_URL),
    deadLetterQueueUrl: atServer(ofRunner.DEAD_LETTER_QUEUE_URL),
    pullQueueUrl: pulls.queueUrl,
    pullDeadLetterQueueUrl: pulls.deadLetterQueueUrl,
    resultsTopicArn: ofRunner.RESULTS_TOPIC_ARN,
    segmentSecretArn,
    maveraSecretArn: ofRunner.MAVERA_SECRET_ARN,
    sendgridSecretArn: ofReceiver.SENDGRID_SECRET_ARN,
    segopsSecretArn: ofReceiver.SEGOPS_SECRET_ARN,
    segmentProfilesSecretArn: ofSystems.SEGMENT_PROFILES_SECRET_ARN,
    segmentApiSecretArn: ofSystems.SEGMENT_API_SECRET_ARN,
    segopsApiSecretArn: ofSystems.SEGOPS_API_SECRET_ARN,
    sendgridApiSecretArn: ofSystems.SENDGRID_API_SECRET_ARN,
    segmentWriteKeySecretArn: ofRunner.SEGMENT_WRITE_KEY_SECRET_ARN,
  };
}

function environmentOf<Schema extends z.ZodType>(
  { definition }: StartedFunction,
  schema: Schema,
): z.output<Schema> {
  return parseProperties(schema, definition.logicalId, definition.environment);
}
