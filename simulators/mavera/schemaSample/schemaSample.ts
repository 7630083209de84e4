import { isObject, type JsonSchema, UnsupportedSchemaError } from './jsonSchema.ts';
import { numberSample } from './numberSample.ts';
import { resolveReference } from './resolveReference.ts';
import { schemaType } from './schemaType.ts';
import { textSample } from './textSample.ts';

/** The place within the value. */
interface Place {
  readonly root: JsonSchema;
  /** The name of the property, also for the items of its array. */
  readonly name: string;
  /** The index in the array, from 0, by which its items differ. */
  readonly index: number;
  /** The references that were followed to this place. */
  readonly references: readonly string[];
  /** Whether this is inside a recursive schema: then only required properties are made. */
  readonly isLean: boolean;
}

/** The number of items of an array, if the schema allows it. */
const usualItems = 2;
const mostItems = 1_000;

/** Keywords that are not supported, and that a value could break unnoticed. */
const unsupportedKeywords: readonly string[] = [
  'allOf',
  'not',
  'if',
  'contains',
  'minProperties',
  'patternProperties',
  'dependentRequired',
  'dependentSchemas',
];

/**
 * Makes a value that conforms to a JSON schema; the same schema always gives the same value.
 *
 * For `anyOf` and `oneOf` it takes the first supported branch; for several types, the first except null. Every property
 * is made, and an array has two items if it may. `pattern` is ignored, and so are formats that {@link textSample} does
 * not know.
 *
 * @throws UnsupportedSchemaError
 */
export function schemaSample(schema: JsonSchema): unknown {
  return sample(schema, { root: schema, name: 'value', index: 0, references: ['#'], isLean: false });
}

function sample(schema: unknown, place: Place): unknown {
  if (schema === true) {
    return textSample({}, place.name, place.index);
  }
  if (!isObject(schema)) {
    throw new UnsupportedSchemaError(`the schema ${JSON.stringify(schema)} of "${place.name}"`);
  }
  const unsupported = unsupportedKeywords.find((keyword) => keyword in schema);
  if (unsupported !== undefined) {
    throw new UnsupportedSchemaError(`"${unsupported}" at "${place.name}"`);
  }
  if (typeof schema.$ref === 'string') {
    return follow(schema.$ref, place);
  }
  if ('const' in schema) {
    return schema.const;
  }
  if (Array.isArray(schema.enum)) {
    return chosen(schema.enum, place);
  }
  const { anyOf, oneOf, ...common } = schema;
  const branches = anyOf ?? oneOf;
  return Array.isArray(branches) ? firstPossible(branches, common, place) : ofType(schema, place);
}

function chosen(choices: readonly unknown[], { name, index }: Place): unknown {
  if (choices.length === 0) {
    throw new UnsupportedSchemaError(`an empty choice at "${name}"`);
  }
  return choices[index % choices.length];
}

function follow(reference: string, place: Place): unknown {
  const visits = place.references.filter((followed) => followed === reference).length;
  if (visits > 1) {
    throw new UnsupportedSchemaError(`a value that never ends, by "${reference}"`);
  }
  return sample(resolveReference(reference, place.root), {
    ...place,
    references: [...place.references, reference],
    isLean: place.isLean || visits > 0,
  });
}

function firstPossible(branches: readonly unknown[], common: JsonSchema, place: Place): unknown {
  let reason = new UnsupportedSchemaError(`no branch at "${place.name}"`);
  for (const branch of branches) {
    try {
      return sample(isObject(branch) ? { ...common, ...branch } : branch, place);
    } catch (error) {
      if (!(error instanceof UnsupportedSchemaError)) {
        throw error;
      }
      reason = error;
    }
  }
  throw reason;
}

function ofType(schema: JsonSchema, place: Place): unknown {
  const type = schemaType(schema);
  switch (type) {
    case 'object':
      return objectSample(schema, place);
    case 'array':
      return arraySample(schema, place);
    case 'string':
      return textSample(schema, place.name, place.index);
    case 'number':
    case 'integer':
      return numberSample(schema, place.index, type === 'integer');
    case 'boolean':
      return place.index % 2 === 0;
    case 'null':
      return null;
    default:
      throw new UnsupportedSchemaError(`the type ${JSON.stringify(type)} of "${place.name}"`);
  }
}

function objectSample(schema: JsonSchema, place: Place): object {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  const names = new Set([...(place.isLean ? [] : Object.keys(properties)), ...required.map(String)]);
  return Object.fromEntries(
    [...names].map((name) => {
      const member = Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties;
      return [name, sample(member ?? true, { ...place, name })];
    }),
  );
}

function arraySample(schema: JsonSchema, place: Place): readonly unknown[] {
  const { items = true, minItems = 0, maxItems = mostItems } = schema;
  const fixed: readonly unknown[] = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
  const usual = place.isLean || fixed.length > 0 ? fixed.length : usualItems;
  const length = Math.min(Number(maxItems), Math.max(Number(minItems), usual));
  if (!(length <= mostItems)) {
    throw new UnsupportedSchemaError(`an array of ${length} items at "${place.name}"`);
  }
  return Array.from({ length }, (_, index) => sample(fixed[index] ?? items, { ...place, index }));
}
