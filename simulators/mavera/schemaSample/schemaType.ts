import type { JsonSchema } from './jsonSchema.ts';

/** The type of a schema: the first except null, or the one of its keywords. */
export function schemaType(schema: JsonSchema): unknown {
  const types: readonly unknown[] = [schema.type].flat();
  const type = types.find((candidate) => candidate !== 'null') ?? types[0];
  if (type !== undefined) {
    return type;
  }
  if ('properties' in schema || 'required' in schema) {
    return 'object';
  }
  if ('items' in schema || 'prefixItems' in schema) {
    return 'array';
  }
  return 'minimum' in schema || 'maximum' in schema ? 'number' : 'string';
}
