import * as fc from 'fast-check';
import { decide } from '../../../../../functions/access/decide.ts';
import {
  type AccessFile,
  defineAccess,
  InvalidAccessError,
} from '../../../../../functions/access/defineAccess.ts';
import { type Grants, missingAccess, resourceOf } from '../../../../../functions/access/grants.ts';
import { accessLevels, allows } from '../../../../../functions/access/operation.ts';
import { type OperationName, operations } from '../../../../../functions/access/operations.ts';
import { anyText } from '../../arbitraries/json.ts';
import { anyOddValue, makeOdd, type OddValue, oddValueSchema } from '../../arbitraries/oddValue.ts';
import { type FuzzTarget, mustHold } from '../../fuzzTarget.ts';
import { actionsToTry } from '../mavera/actionsToTry.ts';

const names = Object.keys(operations) as OperationName[];
const agents = ['a', 'b-1', '__proto__', 'constructor'] as const;
const askMave = actionsToTry.askMave;

const level = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom<OddValue>(...accessLevels.map((json) => ({ json }))) },
  fc.constantFrom<OddValue>({ json: 'Write' }, { json: 'toString' }, { json: 3 }, { json: ['write'] }),
  anyOddValue('toString'),
);
const resource = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...names.map(resourceOf)) },
  fc.constantFrom('mavera', 'mavera.*', '*', 'segment.sources ', '__proto__', 'toString'),
  anyText,
);
const access: fc.Arbitrary<OddValue> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.array(fc.tuple(resource, level), { maxLength: 4 }).map((members) => ({ members })),
  },
  anyOddValue(),
);
const agent = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...agents) }, anyText);
const triggers: fc.Arbitrary<OddValue> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.array(fc.tuple(agent, access), { maxLength: 3 }).map((members) => ({ members })),
  },
  anyOddValue('a'),
);
const field = fc.oneof(
  { weight: 9, arbitrary: fc.constant('triggers') },
  fc.constantFrom('agents', '', '__proto__'),
);

/** What `defineAccess` may get from a file whose types were not checked. */
export const accessFiles: FuzzTarget<OddValue> = {
  name: 'access-files',
  share: 4,
  schema: oddValueSchema,
  inputs: fc.oneof(
    {
      weight: 12,
      arbitrary: fc
        .array(fc.tuple(field, triggers), { minLength: 1, maxLength: 2 })
        .map((members): OddValue => ({ members })),
    },
    anyOddValue('triggers'),
  ),
  open: async () => ({ check, close: async () => undefined }),
};

function check(input: OddValue): string {
  const file = makeOdd(input);
  let grants: Grants;
  try {
    grants = defineAccess(file as AccessFile);
  } catch (error) {
    if (!(error instanceof InvalidAccessError)) {
      throw error;
    }
    mustHold(error.problems.length > 0, 'the refusal names no problem');
    mustHold(
      error.problems.every((problem) => problem.length > 10),
      'a problem is not a sentence',
    );
    return 'refused';
  }
  const allowed = agents.flatMap((name) => names.filter((operation) => isAllowed(name, operation, grants)));
  for (const name of agents) {
    const granted = names.filter((operation) => isGranted(file, name, operation));
    const decided = names.filter((operation) => isAllowed(name, operation, grants));
    mustHold(
      granted.join() === decided.join(),
      `the file grants trigger ${name} ${granted.join()}, and the gate ${decided.join()}`,
    );
  }
  if (askMave !== undefined) {
    missingAccess({ name: 'a', when: 'type = "track"', run: askMave }, grants['trigger/a'] ?? {});
  }
  return allowed.length === 0 ? 'grants nothing' : 'grants something';
}

/** Read from the file itself. */
function isGranted(file: unknown, name: string, operation: OperationName): boolean {
  const granted = own(own(own(file, 'triggers'), name), resourceOf(operation));
  const known = accessLevels.find((one) => one === granted);
  return known !== undefined && allows(known, operations[operation].level);
}

function own(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function isAllowed(name: string, operation: OperationName, grants: Grants): boolean {
  const { path, hasBody } = operations[operation];
  const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, id = '']) => [id, 'x']);
  const request = { path: Object.fromEntries(ids), ...(hasBody ? { body: {} } : {}) };
  return decide(`trigger/${name}`, operation, request, grants).kind === 'allowed';
}
