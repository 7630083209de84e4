import * as z from 'zod/mini';
import { describeSchemaError } from '../schema/schemaError.ts';

/** A required variable. */
export const required = z.string().check(z.minLength(1));

/** A number above 0, written in the environment. */
export const numeric = z.coerce.number().check(z.positive());

/** A number from 0, written in the environment. */
export const numericOrZero = z.coerce.number().check(z.nonnegative());

/** `true` or `false` written in the environment. */
export const flag = z.pipe(
  z.enum(['true', 'false']),
  z.transform((value) => value === 'true'),
);

/**
 * Reads a function's environment.
 *
 * @throws Error naming every variable that is missing or wrong; the stack sets them all
 */
export function parseEnvironment<Schema extends z.ZodMiniType>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): z.infer<Schema> {
  const result = schema.safeParse(environment);
  if (!result.success) {
    throw new Error(
      `The function's environment is not as the stack sets it: ${describeSchemaError(result.error)}`,
    );
  }
  return result.data;
}
