import * as fc from 'fast-check';
import * as z from 'zod';
import { decide, operationOf } from '../../../../../functions/access/decide.ts';
import { type Grants, resourceOf } from '../../../../../functions/access/grants.ts';
import type { Operation } from '../../../../../functions/access/operation.ts';
import { type OperationName, operations } from '../../../../../functions/access/operations.ts';
import { brokenText } from '../../arbitraries/brokenText.ts';
import { anyText } from '../../arbitraries/json.ts';
import { type FuzzTarget, mustHold } from '../../fuzzTarget.ts';

const schema = z.strictObject({ method: z.string(), path: z.string(), hasBody: z.boolean() });

type PathInput = z.infer<typeof schema>;

const names = Object.keys(operations) as OperationName[];
const everything = {
  'trigger/a': Object.fromEntries(names.map((name) => [resourceOf(name), 'full'])),
} as Grants;
const pieces = fc.constantFrom(
  ...['/', '//', '..', '.', '/../', '%2e%2e', '%2F', '%', '%zz', '?', '&', '=', '#', ';', '\\', '@', ':'],
  ...[
    "'",
    '(',
    '!',
    '%27',
    '*',
    '+',
    '%20',
    ' ',
    '\0',
    '%00',
    'https://evil.example',
    '\ud800',
    'é',
    '%C3%A9',
  ],
  ...['personas', 'mave', 'usage', 'limit=1', 'cursor=a', '__proto__', 'constructor'],
);
const right = fc.constantFrom(
  ...['/personas', '/personas?limit=100&search=a%20b', '/personas/p-1', '/mave/chat', '/mave/threads/t%27s'],
  ...[
    '/mave/threads?limit=100&cursor=x',
    '/focus-groups/fg_1',
    '/usage',
    '/workspaces?limit=2',
    '/responses',
  ],
);

/** Requests to Mavera as the ledger has them: method and path. */
export const maveraPaths: FuzzTarget<PathInput> = {
  name: 'mavera-paths',
  share: 3,
  schema,
  inputs: fc.record({
    method: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom('GET', 'POST', 'PATCH') },
      fc.constantFrom('DELETE', 'get', ''),
    ),
    path: fc.oneof(
      { weight: 3, arbitrary: right },
      { weight: 9, arbitrary: brokenText(right, fc.oneof(pieces, anyText)) },
      fc.array(pieces, { maxLength: 8 }).map((some) => some.join('')),
    ),
    hasBody: fc.boolean(),
  }),
  open: async () => ({ check, close: async () => undefined }),
};

function check({ method, path, hasBody }: PathInput): string {
  const known = operationOf('mavera', { method, path, ...(hasBody ? { body: {} } : {}) });
  if (known === undefined) {
    return 'unknown';
  }
  const operation: Operation = operations[known.name];
  mustHold(operation.system === 'mavera' && operation.method === method, `it is taken for ${known.name}`);
  mustHold(operation.hasBody === hasBody, `${known.name} has a body where it has none, or none`);
  const decision = decide('trigger/a', known.name, known.request, everything);
  mustHold(decision.kind === 'allowed', `${known.name} is found and then refused`);
  // The path that is called: what a client makes of it must still be the operation's.
  const url = new URL(`https://mavera.example/api/v1${decision.path}`);
  const template = operation.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/?#]+');
  mustHold(url.origin === 'https://mavera.example' && url.hash === '', `it leads to ${url.href}`);
  mustHold(new RegExp(`^/api/v1${template}$`).test(url.pathname), `it leads to ${url.pathname}`);
  mustHold(sameText(decision.path, path), `${path} became ${decision.path}`);
  return 'found';
}

/** The same path, apart from marks that may stand as they are. */
function sameText(one: string, other: string): boolean {
  const plain = (text: string): string =>
    text.replace(/%(21|27|28|29|2A)/g, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
  return plain(one) === plain(other);
}
