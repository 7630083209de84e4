import * as fc from 'fast-check';
import * as z from 'zod';
import { connectionTestEvent } from '../../../../../functions/sources/segment/event.ts';
import { brokenText } from '../../arbitraries/brokenText.ts';
import { anyJson, anyText } from '../../arbitraries/json.ts';
import { personalCanary, secretCanary } from '../../canary.ts';
import { type Trouble, troubles } from '../../servers/trouble.ts';

/** A string, or a repeated one. */
const partSchema = z.union([
  z.string(),
  z.strictObject({ repeat: z.string(), times: z.int().nonnegative() }),
]);
const textSchema = z.array(partSchema).readonly();

const signatures = [
  'whole',
  'legacy',
  'first',
  'none',
  'of another secret',
  'of another body',
  'no signature',
  'twice',
] as const;

const requestSchema = z.strictObject({
  method: z.string(),
  path: z.string(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  encoding: z.enum(['text', 'base64', 'base64 without saying', 'text said to be base64']),
  /** The elements of the batch, or the one event. */
  elements: z.array(textSchema).readonly(),
  isBatch: z.boolean(),
  /** Around the JSON: a byte order mark, white space, a second document. */
  before: z.string(),
  after: z.string(),
  signature: z.enum(signatures),
  bearer: z.enum(['none', 'right', 'wrong']),
  upperCase: z.boolean(),
});

export const receiverInputSchema = z.strictObject({
  request: z.union([requestSchema, z.strictObject({ raw: z.unknown() })]),
  settings: z.strictObject({
    allowFirstEventSignature: z.boolean(),
    acceptReplays: z.boolean(),
    /** Absent: every route is open. */
    routes: z.array(z.string()),
    maxBodyBytes: z.int().positive(),
  }),
  behaviour: z.strictObject({
    secret: z.enum(troubles),
    ledger: z.enum(troubles),
    claim: z.enum(['none', 'queued', 'held', 'dead']),
    queue: z.enum([...troubles, 'takes some']),
  }),
});

export type ReceiverInput = z.infer<typeof receiverInputSchema>;
export type FuzzedRequest = z.infer<typeof requestSchema>;

/** The text of parts. */
export function textOf(parts: z.infer<typeof textSchema>): string {
  return parts.map((part) => (typeof part === 'string' ? part : part.repeat.repeat(part.times))).join('');
}

const personal = fc.constantFrom(personalCanary, `${personalCanary}@example.com`, `${personalCanary}\ud800`);
const maybe = <Value>(usual: fc.Arbitrary<Value>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: personal }, anyJson);
const time = fc.constantFrom(
  '2026-01-02T03:04:05.909Z',
  '1970-01-01T00:00:00Z',
  '+275760-09-13T00:00:00.001Z',
  personalCanary,
  '',
);

const event = fc.record(
  {
    type: maybe(fc.constantFrom('track', 'track', 'identify', 'page', 'group', 'alias', 'delete')),
    event: maybe(fc.constantFrom('wanted', 'unwanted', connectionTestEvent)),
    messageId: maybe(fc.constantFrom('m-1', 'm-2', `mavera-run-${'a'.repeat(40)}`)),
    userId: maybe(personal),
    anonymousId: maybe(personal),
    groupId: maybe(personal),
    properties: maybe(
      fc.dictionary(fc.oneof(anyText, personal), fc.oneof(anyJson, personal), { maxKeys: 3 }),
    ),
    traits: maybe(fc.record({ email: personal, name: personal, age: fc.double() })),
    context: maybe(
      fc.record({
        ip: personal,
        library: fc.record({ name: fc.constantFrom('analytics.js', 'mavera-triggers') }),
      }),
    ),
    integrations: anyJson,
    timestamp: maybe(time),
    receivedAt: maybe(time),
    writeKey: fc.constant(secretCanary),
  },
  { requiredKeys: ['type'] },
);

type Text = z.infer<typeof textSchema>;

/** Members that no `JSON.stringify` writes, put at the beginning of an object. */
const strangeMember: fc.Arbitrary<Text> = fc
  .constantFrom(
    ...['"type":"identify",', '"messageId":"m-1","messageId":"m-3",', '"__proto__":{"polluted":true},'],
    ...['"\\u005f_proto__":{"polluted":true},', '"constructor":{"prototype":{"polluted":true}},'],
    ...['"properties":{"__proto__":null,"toString":1},', '"n":1e999,', '"n":-0,', '"n":1e-999,'],
    ...['"n":123456789012345678901234567890,', '"n":NaN,', "'n':1,", '"n":undefined,', ','],
    ...['"t":"\\ud800",', '"t":"\ufffe\uffff\u2028",', '"t":"\\u0000",', '"t":"\u0000",'],
  )
  .map((text) => [text]);
/** Input that takes the receiver long, or too much memory. */
const greatMember = fc.constantFrom<Text>(
  ...[100, 4_000, 60_000].map((times) => ['"deep":', { repeat: '[', times }, { repeat: ']', times }, ',']),
  ['"properties":', { repeat: '{"a":', times: 9_000 }, '1', { repeat: '}', times: 9_000 }, ','],
  ['"long":"', { repeat: `${personalCanary} `, times: 9_000 }, '",'],
  ['"huge":"', { repeat: 'x', times: 1_050_000 }, '",'],
);

const plain: fc.Arbitrary<Text> = event.map((json) => [JSON.stringify(json)]);
const strange: fc.Arbitrary<Text> = fc
  .tuple(event, fc.oneof({ weight: 30, arbitrary: strangeMember }, greatMember))
  .map(([json, member]) => ['{', ...member, JSON.stringify(json).slice(1)]);
const broken: fc.Arbitrary<Text> = brokenText(
  event.map((json) => JSON.stringify(json)),
  fc.oneof(anyText, fc.constantFrom('"', '{', '}', '[', ']', ',', '\\', 'null')),
).map((text) => [text]);
const element: fc.Arbitrary<Text> = fc.oneof(
  { weight: 10, arbitrary: plain },
  { weight: 3, arbitrary: strange },
  { weight: 2, arbitrary: broken },
  anyJson.map((json) => [JSON.stringify(json)]),
  fc.constantFrom<Text>(['null'], [''], ['{}'], ['[]'], ['[[', { repeat: '[', times: 50_000 }]),
);

const usually = <Value>(usual: Value, ...others: readonly Value[]): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, fc.constantFrom(usual, ...others));

const headerName = fc.constantFrom(
  ...[
    'Content-Type',
    'x-forwarded-for',
    'Cookie',
    'X-Signature',
    'x-segment-signature',
    'AUTHORIZATION',
    '__proto__',
    '',
  ],
);

const request: fc.Arbitrary<FuzzedRequest> = fc.record({
  method: usually('POST', 'PUT', 'PATCH', 'GET', 'OPTIONS', 'post', '', 'TRACE', personalCanary),
  path: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom('/segment', '/segment/default', '/segment/other', '/segment/') },
    fc.constantFrom(
      `/segment/${'r'.repeat(64)}`,
      `/segment/${'r'.repeat(65)}`,
      '/',
      '',
      '//segment',
      `/segment/${personalCanary}/x`,
    ),
    fc.constantFrom('/segment/%64efault', '/SEGMENT', '/segment/__proto__', '/segment/a\n', '/sendgrid'),
    anyText,
  ),
  headers: fc.array(fc.tuple(headerName, fc.oneof(anyText, personal, fc.constant(secretCanary))), {
    maxLength: 2,
  }),
  encoding: usually('text', 'base64', 'base64', 'base64 without saying', 'text said to be base64'),
  elements: fc.oneof(
    { weight: 12, arbitrary: fc.array(element, { minLength: 1, maxLength: 4 }) },
    fc
      .tuple(plain, fc.constantFrom(0, 2, 30))
      .map(([one, times]) => Array.from({ length: times }, () => one)),
  ),
  isBatch: fc.boolean(),
  before: usually('', '\ufeff', ' \n', '[', personalCanary),
  after: usually('', ' ', ',', '[]', '\0', ']'),
  signature: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('whole', 'legacy', 'first') },
    fc.constantFrom(...signatures),
  ),
  bearer: fc.constantFrom('none', 'none', 'right', 'wrong'),
  upperCase: fc.boolean(),
});

const trouble = usually<Trouble>('well', ...troubles);

const anyRequest: fc.Arbitrary<ReceiverInput['request']> = fc.oneof(
  { weight: 30, arbitrary: request },
  fc.oneof(anyJson, fc.constantFrom(null, 5, { rawPath: '/segment' })).map((raw: unknown) => ({ raw })),
);

/** Requests of every kind, with services that mostly answer well. */
export const receiverInputs: fc.Arbitrary<ReceiverInput> = fc.record({
  request: anyRequest,
  settings: fc.record({
    allowFirstEventSignature: fc.boolean(),
    acceptReplays: fc.boolean(),
    routes: fc.constantFrom([], ['default'], ['default', 'other']),
    maxBodyBytes: usually(5_242_880, 6_291_456, 1_024),
  }),
  behaviour: fc.record({
    secret: trouble,
    ledger: trouble,
    claim: usually<'none' | 'queued' | 'held' | 'dead'>('none', 'queued', 'held', 'dead'),
    queue: usually<Trouble | 'takes some'>('well', 'takes some', ...troubles),
  }),
});
