import * as z from 'zod';
import { parseFql } from '../../../functions/triggers/segmentFql.ts';
import { type ApiReply, problem } from './apiReply.ts';
import type { StoredSubscription } from './workspaceState.ts';

/** Source: Segment docs, "Webhooks (Actions)": from 1 to 4,000. The code's default is 0; exports have strings. */
const batchSize = z.coerce
  .number('"batch_size" must be a number')
  .min(0, '"batch_size" must not be negative')
  .max(4_000, '"batch_size" must be at most 4000');

/** Source: `metadata.json` of the action "send". GUESS: unknown settings are refused. */
const sendSettings = z.strictObject({
  url: z.url('"url" must be a valid uri'),
  method: z.enum(['POST', 'PUT', 'PATCH']).optional(),
  batch_size: batchSize.optional(),
  headers: z.record(z.string(), z.string()).nullish(),
  data: z.record(z.string(), z.unknown()).optional(),
  batch_keys: z.array(z.string()).optional(),
  enable_batching: z.boolean().optional(),
});

/** The 422 for an invalid mapping; `undefined` for a valid one. Members that a change leaves out are valid. */
export function refusedMapping({ trigger, settings }: Partial<StoredSubscription>): ApiReply | undefined {
  if (trigger !== undefined && 'error' in parseFql(trigger)) {
    return problem(422, '"trigger" is not valid FQL', 'trigger');
  }
  const issue = settings === undefined ? undefined : sendSettings.safeParse(settings).error?.issues[0];
  if (settings === undefined || issue === undefined) {
    return undefined;
  }
  if (issue.code === 'unrecognized_keys') {
    return problem(422, `"${issue.keys[0]}" is not allowed`, `settings.${issue.keys[0]}`);
  }
  const [name = ''] = issue.path.map(String);
  const message = settings[name] === undefined ? `"${name}" is required` : issue.message;
  return problem(422, message, `settings.${name}`);
}
