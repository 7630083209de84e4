import * as fc from 'fast-check';

/** Strings of any UTF-16 code units, with half surrogate pairs and characters that SQS refuses. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({
    unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    maxLength: 12,
  }),
  fc.constantFrom('\u2028', '\ud83d', '\ufffe\uffff', '"', '\\', '\0', '1e21', '10'),
);

/**
 * Strings for the names of members. None ends with a backslash: after V8 has read such a name, it confuses it with names
 * that end with an escape (https://github.com/nodejs/node/issues/63785).
 */
const anyName = anyText.filter((text) => !text.endsWith('\\'));

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(anyText, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(anyName, tie('value'), { maxKeys: 4 }),
  ),
}));

/** Any JSON value, as `JSON.parse` gives it. */
export const anyJson: fc.Arbitrary<unknown> = value.map(throughJson);

/** Any JSON object, as `JSON.parse` gives it. */
export const anyObject: fc.Arbitrary<Record<string, unknown>> = fc
  .dictionary(anyName, value, { maxKeys: 5 })
  .map((object) => throughJson(object) as Record<string, unknown>);

function throughJson(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json)) as unknown;
}
