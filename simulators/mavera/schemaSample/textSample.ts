import { type JsonSchema, UnsupportedSchemaError } from './jsonSchema.ts';

const mostCharacters = 100_000;

/** Strings of the usual formats, by number. */
const formats = new Map<unknown, (number: number) => string>([
  ['date-time', (number) => new Date(Date.UTC(2026, 0, number, 9)).toISOString()],
  ['date', (number) => new Date(Date.UTC(2026, 0, number)).toISOString().slice(0, 10)],
  ['time', () => '09:00:00Z'],
  ['duration', (number) => `P${number}D`],
  ['email', (number) => `customer${number}@example.com`],
  ['hostname', (number) => `host${number}.example.com`],
  ['uri', (number) => `https://example.com/${number}`],
  ['uuid', (number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`],
  ['ipv4', () => '192.0.2.1'],
  ['ipv6', () => '2001:db8::1'],
]);

/**
 * A string of the format, or one with the name of the property, within the lengths of the schema.
 *
 * @param name of the property
 */
export function textSample(schema: JsonSchema, name: string, index: number): string {
  const formatted = formats.get(schema.format);
  if (formatted !== undefined) {
    return formatted(index + 1);
  }
  const { minLength = 0, maxLength = mostCharacters } = schema;
  if (Number(minLength) > mostCharacters) {
    throw new UnsupportedSchemaError(`a text of ${minLength} characters at "${name}"`);
  }
  // Only ASCII: all ways to count and cut characters give the same.
  const words = name.replaceAll(/[^ -~]+/g, ' ').replaceAll('_', ' ');
  const text = `Simulated ${words}${index === 0 ? '' : ` ${index + 1}`}`;
  return text.padEnd(Number(minLength), '.').slice(0, Number(maxLength));
}
