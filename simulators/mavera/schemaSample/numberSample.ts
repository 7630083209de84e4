import type { JsonSchema } from './jsonSchema.ts';

/**
 * A number within the schema's bounds: the index plus one if the bounds allow it, or a number near the bounds.
 * For bounds that allow no number, the lower bound.
 */
export function numberSample(schema: JsonSchema, index: number, isInteger: boolean): number {
  const step = numeric(schema.multipleOf) ?? (isInteger ? 1 : undefined);
  return step === undefined ? between(schema, index + 1) : multipleBetween(schema, index + 1, step);
}

function multipleBetween(schema: JsonSchema, wanted: number, step: number): number {
  const least = Math.max(
    Math.ceil((numeric(schema.minimum) ?? Number.NEGATIVE_INFINITY) / step),
    Math.floor((numeric(schema.exclusiveMinimum) ?? Number.NEGATIVE_INFINITY) / step) + 1,
  );
  const most = Math.min(
    Math.floor((numeric(schema.maximum) ?? Number.POSITIVE_INFINITY) / step),
    Math.ceil((numeric(schema.exclusiveMaximum) ?? Number.POSITIVE_INFINITY) / step) - 1,
  );
  return Math.max(least, Math.min(most, Math.ceil(wanted / step))) * step;
}

function between(schema: JsonSchema, wanted: number): number {
  const low = Math.max(
    numeric(schema.minimum) ?? Number.NEGATIVE_INFINITY,
    numeric(schema.exclusiveMinimum) ?? Number.NEGATIVE_INFINITY,
  );
  const high = Math.min(
    numeric(schema.maximum) ?? Number.POSITIVE_INFINITY,
    numeric(schema.exclusiveMaximum) ?? Number.POSITIVE_INFINITY,
  );
  if (low < wanted && wanted < high) {
    return wanted;
  }
  if (Number.isFinite(low) && Number.isFinite(high)) {
    return low + (high - low) / 2;
  }
  return Number.isFinite(low) ? low + 1 : high - 1;
}

function numeric(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
