import * as z from 'zod';
import type { DeployedPulls } from './deployment.ts';

const schedulesSchema = z.record(z.string(), z.string());

/** Reads the stack's output `Pulls`: `{"<trigger>": "<schedule>"}`. @returns `undefined` if it is absent or not of this shape */
export function readSchedules(output: string | undefined): Readonly<Record<string, string>> | undefined {
  try {
    return output === undefined ? undefined : schedulesSchema.safeParse(JSON.parse(output)).data;
  } catch {
    return undefined;
  }
}

/** The pulls of a system; `undefined` if it has none. */
export function deployedPulls(
  urls: { readonly pullQueueUrl?: string | undefined; readonly pullDeadLetterQueueUrl?: string | undefined },
  schedules: Readonly<Record<string, string>> | undefined,
): DeployedPulls | undefined {
  const { pullQueueUrl: queueUrl, pullDeadLetterQueueUrl: deadLetterQueueUrl } = urls;
  return queueUrl === undefined || deadLetterQueueUrl === undefined || schedules === undefined
    ? undefined
    : { queueUrl, deadLetterQueueUrl, schedules: new Map(Object.entries(schedules)) };
}
