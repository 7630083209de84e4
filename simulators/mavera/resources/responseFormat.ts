import { invalidField, missingField } from '../apiError.ts';
import { isObject, type JsonSchema } from '../schemaSample/jsonSchema.ts';

const formatTypes = ['text', 'json_object', 'json_schema'] as const;

/** The format of the text of a response. */
export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json_object' }
  | { readonly type: 'json_schema'; readonly schema: JsonSchema };

/**
 * Reads the `text` member of a request: `{"format": {"type": "json_schema", "name", "schema", "strict"?}}`,
 * `{"format": {"type": "json_object"}}`, or nothing for plain text.
 *
 * Source: Mavera guide, "Structured outputs". GUESS: that `name` is required, and `text` as a type.
 *
 * @throws ApiError 400 that names the member
 */
export function readResponseFormat(text: unknown): ResponseFormat {
  const format = readObject(text ?? {}, 'text').format;
  if (format === undefined) {
    return { type: 'text' };
  }
  const fields = readObject(format, 'text.format');
  const type = formatTypes.find((candidate) => candidate === fields.type);
  if (type === undefined) {
    throw invalidField('text.format.type', `one of ${formatTypes.join(', ')}`);
  }
  return type === 'json_schema' ? { type, schema: readSchema(fields) } : { type };
}

function readSchema({ name, schema, strict = false }: JsonSchema): JsonSchema {
  if (name === undefined || schema === undefined) {
    throw missingField(name === undefined ? 'text.format.name' : 'text.format.schema');
  }
  if (typeof name !== 'string' || name === '') {
    throw invalidField('text.format.name', 'a string that is not empty');
  }
  if (typeof strict !== 'boolean') {
    throw invalidField('text.format.strict', 'a boolean');
  }
  return readObject(schema, 'text.format.schema');
}

function readObject(value: unknown, param: string): JsonSchema {
  if (!isObject(value)) {
    throw invalidField(param, 'an object');
  }
  return value;
}
