import * as z from 'zod';
import { LocalSystemError } from '../localSystemError.ts';

/**
 * Checks the resolved properties of a resource.
 *
 * @throws {LocalSystemError} naming the resource and the property, for a value that the local system does not support.
 */
export function parseProperties<Schema extends z.ZodType>(
  schema: Schema,
  logicalId: string,
  properties: unknown,
): z.output<Schema> {
  const result = schema.safeParse(properties);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => describeIssue(issue)).join('; ');
    throw new LocalSystemError(`${logicalId}: ${problems} (the local system cannot run this template)`);
  }
  return result.data;
}

function describeIssue({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${z.core.toDotPath(path)}: ${message}`;
}
