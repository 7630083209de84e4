import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { runKeyPrefix } from '../../../functions/ledger/runLease.ts';
import { plainItem } from './plainItem.ts';

const entrySchema = z
  .object({
    pk: z.string().startsWith(runKeyPrefix),
    receivedAtMs: z.number(),
    trigger: z.string().default('?'),
    /** One of `runStates`; a later version may know more. */
    state: z.string().default('?'),
    reason: z.string().optional(),
    userId: z.string().optional(),
    messageId: z.string().optional(),
    creditsUsed: z.number().optional(),
    creditsReserved: z.number().optional(),
    attempts: z.number().optional(),
    notBeforeMs: z.number().optional(),
    updatedAtMs: z.number().default(0),
  })
  .transform(({ pk, ...entry }) => ({ runId: pk.slice(runKeyPrefix.length), ...entry }));

/** A run as the index `RunsByDay` has it: enough for lists. Times are epoch milliseconds. */
export type RunEntry = Readonly<z.infer<typeof entrySchema>>;

/** Reads an item of the index; `undefined` if it is not a run. */
export function readRunEntry(item: Readonly<Record<string, AttributeValue>>): RunEntry | undefined {
  return entrySchema.safeParse(plainItem(item)).data;
}
