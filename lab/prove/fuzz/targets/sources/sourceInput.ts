import * as fc from 'fast-check';
import * as z from 'zod';
import { brokenText } from '../../arbitraries/brokenText.ts';
import { anyJson, anyText } from '../../arbitraries/json.ts';
import { personalCanary } from '../../canary.ts';

/** How a request is signed. The first two are right. */
export const signatures = [
  'right',
  'by the second key',
  'right, the other form',
  'of another body',
  'of another key',
  'of another time',
  'cut',
  'twice',
  'odd',
  'none',
] as const;

const schema = z.strictObject({
  source: z.enum(['sendgrid', 'segops']),
  /** The elements of the array, or the one event. An element may be repeated. */
  elements: z.array(z.strictObject({ text: z.string(), times: z.int().positive() })),
  isArray: z.boolean(),
  /** Around the JSON, and between its elements. */
  before: z.string(),
  between: z.string(),
  after: z.string(),
  isBytes: z.boolean(),
  signature: z.enum(signatures),
  /** What stands in the header if the signature is `odd`. */
  oddSignature: z.string(),
  /** How long ago SendGrid has signed; negative: ahead. A string stands in the header as it is. */
  signedBeforeSeconds: z.union([z.int(), z.string()]),
});

export const sourceInputSchema: typeof schema = schema;

export type SourceInput = z.infer<typeof schema>;

const name = fc.constantFrom(
  ...['click', 'open', 'bounce', 'segment.recomputed', 'constructor', '__proto__', ''],
);
const address = fc.constantFrom(
  `${personalCanary}@example.com`,
  ` ${personalCanary.toUpperCase()}@EXAMPLE.com`,
  personalCanary,
  `${personalCanary}\ud800@example.com`,
);
const maybe = <Value>(usual: fc.Arbitrary<Value>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 8, arbitrary: usual }, anyJson);

const element = fc.record(
  {
    event: maybe(name),
    email: maybe(address),
    sg_event_id: maybe(fc.constantFrom('id-1', 'id-2', '', 'mavera-run-'.padEnd(51, 'a'))),
    user_id: maybe(fc.constantFrom('u-1', 7, 0, -0, '', 1e21)),
    timestamp: maybe(fc.constantFrom(1_799_999_000, '1799999000', 1e20, -1, 0.5, 8.64e12, '٣')),
    tenant_slug: maybe(fc.constantFrom('acme', '', 'a/b')),
    segment_id: maybe(fc.constantFrom(42, '42', -1, 1e300, '')),
    computed_at: maybe(
      fc.constantFrom('2026-05-02T14:32:00Z', '+275760-09-13T00:00:00.001Z', '1', 'soon', personalCanary),
    ),
    category: fc.constantFrom<unknown>('plans', ['plans', 'autumn'], null),
    writeKey: fc.constant('w'),
  },
  { requiredKeys: [] },
);
const json = fc.oneof({ weight: 8, arbitrary: element }, anyJson).map((value) => JSON.stringify(value));
/** Members that no `JSON.stringify` writes. */
const strange = fc
  .tuple(
    element,
    fc.constantFrom(
      ...['"__proto__":{"polluted":true},', '"\\u005f_proto__":{"polluted":true},', '"sg_event_id":"id-1",'],
      ...['"constructor":{"prototype":{"polluted":true}},', '"n":1e999,', '"t":"\\ud800",', '"t":"\u2028",'],
      `"deep":${'['.repeat(6_000)}${']'.repeat(6_000)},`,
    ),
  )
  .map(([value, member]) => `{${member}${JSON.stringify(value).slice(1)}`.replace(/,\}$/, '}'));
const text = fc.oneof(
  { weight: 10, arbitrary: json },
  { weight: 2, arbitrary: strange },
  brokenText(json, fc.oneof(anyText, fc.constantFrom('"', '{', '}', '[', ']', ',', '\\'))),
);

const usually = <Value>(usual: Value, ...others: readonly Value[]): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, fc.constantFrom(...others));

/** Rarely more than a post may have: each takes a while. */
const times = fc.oneof({ weight: 300, arbitrary: fc.constantFrom(1, 1, 1, 1, 2, 3) }, fc.constant(10_001));

/** Posts of SendGrid and SegOps, mostly signed. */
export const sourceInputs: fc.Arbitrary<SourceInput> = fc.record({
  source: fc.constantFrom('sendgrid', 'segops'),
  elements: fc.array(fc.record({ text, times }), { maxLength: 4 }),
  isArray: usually(true, false),
  before: usually('', '\ufeff', ' \r\n', '['),
  between: usually(',\r\n', ',', ' , ', ''),
  after: usually('\r\n', '', ' ', '[]', '\0'),
  isBytes: fc.boolean(),
  signature: fc.oneof(
    { weight: 5, arbitrary: fc.constant('right' as const) },
    fc.constantFrom(...signatures),
  ),
  oddSignature: fc.oneof(
    fc.constantFrom('', 'sha256=', `sha256=${'0'.repeat(64)}`, `sha1=${'0'.repeat(40)}`, 'MEUCIQ=='),
    fc.constantFrom('A'.repeat(96), 'MAYCAQACAQA=', 'MAYCAQECAQE=', `${'A'.repeat(90_000)}!`, 'AAAA AAAA'),
    anyText,
  ),
  signedBeforeSeconds: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -300, max: 90_000 }) },
    fc.constantFrom<number | string>(-301, -300, 90_000, 90_001, 10_000_000, -10_000_000),
    fc.constantFrom<number | string>('', 'now', '1e9', '0x10', ' 1800000000', '1800000000.0', '-1'),
    fc.constantFrom<number | string>('9'.repeat(12), '1'.repeat(13), '1800000000,1800000000'),
  ),
});
