import * as z from 'zod/mini';
import { describeSchemaError } from '../schema/schemaError.ts';

/** A required variable. */
export const required = z.string().check(z.minLength(1));

/** A number above 0, as a string. */
export const numeric = z.coerce.number().check(z.positive());

/** A number of at least 0, as a string. */
export const numericOrZero = z.coerce.number().check(z.nonnegative());

/** `true` or `false`, as a string. */
export const flag = z.pipe(
  z.enum(['true', 'false']),
  z.transform((value) => value === 'true'),
);

/**
 * Reads a function's environment.
 *
 * @throws Error that names every variable that is missing or wrong; the stack sets them all
 */
export function parseEnvironment<Schema extends z.ZodMiniType>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): z.infer<Schema> {
  const result = schema.safeParse(environment);
  if (!result.success) {
    throw new Error(
      `The function's environment variables are not as the stack sets them: ${describeSchemaError(result.error)}`,
    );
  }
  return result.data;
}
