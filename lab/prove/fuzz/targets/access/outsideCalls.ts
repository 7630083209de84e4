import * as fc from 'fast-check';
import * as z from 'zod';
import { decide } from '../../../../../functions/access/decide.ts';
import { type Agent, type Grants, resourceOf } from '../../../../../functions/access/grants.ts';
import {
  accessLevels,
  allows,
  type Operation,
  type OperationRequest,
} from '../../../../../functions/access/operation.ts';
import { type OperationName, operations } from '../../../../../functions/access/operations.ts';
import { anyText } from '../../arbitraries/json.ts';
import { anyOddValue, makeOdd, type OddValue, oddValueSchema } from '../../arbitraries/oddValue.ts';
import { mustNotTell, personalCanary, secretCanary } from '../../canary.ts';
import { type FuzzTarget, mustHold } from '../../fuzzTarget.ts';

const schema = z.strictObject({
  agent: z.string(),
  operation: z.string(),
  request: oddValueSchema,
  /** What `trigger/a` may do with the operation's resource, and with that of another one. */
  granted: z.string(),
  other: z.strictObject({ operation: z.string(), granted: z.string() }),
});

type CallInput = z.infer<typeof schema>;

const names = Object.keys(operations) as OperationName[];
/** Values that lead out of their place in a URL, if nothing holds them. */
const escapes = [
  ...[
    '..',
    '.',
    '../..',
    '%2e%2e',
    '%2E%2e%2f',
    '..;',
    '.%2e',
    '...',
    '/',
    '//evil.example',
    '\\\\evil.example',
  ],
  ...['a/b', 'a?b=c', 'a#b', 'a&b=c', 'a;b', 'a\\b', 'a%2fb', 'a%00', 'a\0b', ' ', '\t', '\u2028', '\u202e'],
  ...['https://evil.example/', '@evil.example', ':80', 'x\r\nauthorization: y', "');--", '{id}', '*'],
  ...[
    '\ud800',
    '\ufeff',
    '．．',
    '。',
    'ﬀ',
    'e\u0301',
    '\u{e0001}',
    'ı',
    'K',
    'x'.repeat(1_000),
    'x'.repeat(1_001),
  ],
  ...['__proto__', `user_id:${personalCanary}@example.com`, secretCanary, '0', '-0', 'null', 'true'],
] as const;
const value: fc.Arbitrary<OddValue> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...escapes).map((json) => ({ json })) },
  { weight: 6, arbitrary: fc.constantFrom('x1', 'spa_1', '42').map((json) => ({ json })) },
  { weight: 3, arbitrary: anyText.map((json) => ({ json })) },
  fc.string({ unit: 'binary' }).map((json) => ({ json })),
  anyOddValue('toString', 'length'),
);

/** The members that an operation knows, with hostile values; now and then one too few or too many. */
function requestFor(operation: Operation): fc.Arbitrary<OddValue> {
  const ids = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, id = '']) => id);
  const members = (known: readonly string[], isWhole: boolean): fc.Arbitrary<OddValue> =>
    fc
      .tuple(
        fc.tuple(...known.map((name) => value.map((one): [string, OddValue] => [name, one]))),
        fc.oneof(
          { weight: 9, arbitrary: fc.constant([]) },
          fc.tuple(fc.tuple(fc.oneof(fc.constantFrom('id', 'headers', '__proto__'), anyText), value)),
        ),
        fc.oneof({ weight: isWhole ? 9 : 1, arbitrary: fc.constant(true) }, fc.constant(false)),
      )
      .map(([usual, more, all]) => ({ members: [...(all ? usual : usual.slice(1)), ...more] }));
  const body = operation.hasBody ? [['body', { json: {} }] satisfies [string, OddValue]] : [];
  return fc
    .tuple(
      members(ids, true),
      members(operation.query ?? [], false),
      fc.oneof(
        { weight: 9, arbitrary: fc.constant(body) },
        fc.constantFrom<[string, OddValue][]>(
          [['body', { json: {} }]],
          [['headers', { json: { authorization: 'x' } }], ...body],
          [['url', { json: 'https://evil.example' }], ...body],
          [['method', { json: 'DELETE' }], ...body],
        ),
      ),
    )
    .map(([path, query, more]) => ({
      members: [['path', path], ['query', query], ...more] satisfies [string, OddValue][],
    }));
}

const level = fc.oneof({ weight: 3, arbitrary: fc.constant('full') }, fc.constantFrom(...accessLevels));

/** Calls that a trigger asks for, with values that try to lead elsewhere. */
export const outsideCalls: FuzzTarget<CallInput> = {
  name: 'outside-calls',
  share: 7,
  schema,
  inputs: fc.constantFrom(...names).chain((name) =>
    fc.record({
      agent: fc.oneof(
        { weight: 9, arbitrary: fc.constant('trigger/a') },
        fc.constantFrom('trigger/b', 'pull/a', '__proto__', 'toString', ''),
      ),
      operation: fc.oneof(
        { weight: 19, arbitrary: fc.constant<string>(name) },
        fc.constantFrom('__proto__', 'constructor', 'deleteEverything', ''),
      ),
      request: fc.oneof(
        { weight: 12, arbitrary: requestFor(operations[name]) },
        anyOddValue('path', 'query', 'body'),
      ),
      granted: level,
      other: fc.record({ operation: fc.constantFrom<string>(...names), granted: level }),
    }),
  ),
  open: async () => ({ check, close: async () => undefined }),
};

function check({ agent, operation, request: recipe, granted, other }: CallInput): string {
  const request = makeOdd(recipe);
  const resources = [
    ...[[other.operation, other.granted]],
    ...(Object.hasOwn(operations, operation) ? [[operation, granted]] : []),
  ].map(([name, one]) => [resourceOf(name as OperationName), one]);
  const grants = { 'trigger/a': Object.fromEntries(resources) } as Grants;
  const decision = decide(agent as Agent, operation, request as OperationRequest, grants);
  if (decision.kind === 'refused') {
    mustHold(decision.detail.length > 10, 'the refusal is not a sentence');
    mustNotTell('the refusal', decision.detail);
    mustHold(decision.detail.length < 500 && !decision.detail.includes('\n'), 'the refusal is long');
    return decision.reason;
  }
  const level = accessLevels.find((one) => one === granted) ?? 'off';
  mustHold(agent === 'trigger/a', `${agent} was allowed a call`);
  mustHold(allows(level, decision.operation.level), `${operation} was allowed with ${level}`);
  judgePath(decision.operation, decision.path, request as OperationRequest);
  return 'allowed';
}

/** The URL of the call has the operation's path, with each value in its own place, and nothing else. */
function judgePath(operation: Operation, path: string, request: OperationRequest): void {
  const url = new URL(`https://api.example/base${path}`);
  const ids = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, id = '']) => id);
  const template = operation.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '([^/?#]+)');
  const found = new RegExp(`^/base${template}$`).exec(url.pathname);
  mustHold(url.origin === 'https://api.example' && url.hash === '', `it leads to ${url.href}`);
  mustHold(found !== null, `it leads from ${operation.path} to ${url.pathname}`);
  mustHold(/^[\x21-\x7e]+$/.test(path), 'the path has a character that no URL has');
  const values = found.slice(1).map(decodeURIComponent);
  mustHold(
    values.every((one, at) => one === request.path?.[ids[at] ?? '']),
    'an id stands in the path in another form',
  );
  const query = [...url.searchParams];
  mustHold(
    query.every(([name, one]) => operation.query?.includes(name) && one === request.query?.[name]),
    'a value stands in the query in another form, or in a parameter that the operation does not have',
  );
  mustHold(
    query.length === Object.keys(request.query ?? {}).length,
    'a value of the query is lost or doubled',
  );
}
