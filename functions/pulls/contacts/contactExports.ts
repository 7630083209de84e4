import * as z from 'zod/mini';
import type { SendgridContactsOptions } from './contactsOptions.ts';

const text = z.optional(z.nullable(z.string()));
const named = z.optional(z.nullable(z.array(z.object({ ID: text, id: text }))));
/** Source: SendGrid, "Get Export Contacts Status". */
export const exportSchema = z.object({
  id: z.string(),
  status: z.enum(['pending', 'ready', 'failure']),
  created_at: text,
  expires_at: text,
  urls: z.optional(z.nullable(z.array(z.string()))),
  message: text,
  segments: named,
  lists: named,
  contact_count: z.optional(z.nullable(z.number())),
});
export type Export = z.infer<typeof exportSchema>;
export const exportsSchema = z.object({ result: z.array(exportSchema) });

/** An export that is this fresh is used again. */
const freshForMs = 3_600_000;

/** Whether an export is of the contacts that are wanted. */
export function isOfSame(
  { segments, lists }: Export,
  { segmentIds = [], listIds = [] }: SendgridContactsOptions,
): boolean {
  return sameIds(segments, segmentIds) && sameIds(lists, listIds);
}

function sameIds(found: Export['lists'], wanted: readonly string[]): boolean {
  const ids = (found ?? []).map(({ ID, id }) => ID ?? id ?? '');
  return ids.length === wanted.length && wanted.every((id) => ids.includes(id));
}

/** Whether an export is new enough to be used. */
export function isFresh(
  { created_at: createdAt, expires_at: expiresAt }: Export,
  startedAtMs: number,
): boolean {
  const createdMs = createdAt ? Date.parse(createdAt) : Number.NaN;
  const expiresMs = expiresAt ? Date.parse(expiresAt) : Number.NaN;
  return createdMs >= startedAtMs - freshForMs && !(expiresMs <= startedAtMs);
}
