import type * as z from 'zod';

/** A permission that a call needs: an IAM action on one resource. */
export interface RequiredPermission {
  /** Such as `dynamodb:PutItem`. */
  readonly action: string;
  /** An ARN, or `*` when the call names no resource. */
  readonly resource: string;
}

/**
 * Reads the fields of a request that name its resource. A body of any other shape gives `undefined`; the service answers
 * what is wrong with it.
 */
export function readFields<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): z.output<Schema> | undefined {
  const result = schema.safeParse(body);
  return result.success ? result.data : undefined;
}
