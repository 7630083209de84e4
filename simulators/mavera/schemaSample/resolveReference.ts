import { isObject, type JsonSchema, UnsupportedSchemaError } from './jsonSchema.ts';

/**
 * The schema that a reference within the same document points to: `#`, or a JSON pointer such as
 * `#/$defs/address`.
 *
 * @throws UnsupportedSchemaError for any other reference, and for a target that does not exist
 */
export function resolveReference(reference: string, root: JsonSchema): unknown {
  const [document, ...steps] = reference.split('/').map(unescapeStep);
  let found: unknown = document === '#' ? root : undefined;
  for (const step of steps) {
    found = isObject(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  }
  if (found === undefined) {
    throw new UnsupportedSchemaError(`the reference "${reference}", which points to nothing`);
  }
  return found;
}

function unescapeStep(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
