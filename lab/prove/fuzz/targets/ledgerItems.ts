import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import * as z from 'zod';
import { callsUnderWay } from '../../../../functions/ledger/caps.ts';
import { heldUntilMs } from '../../../../functions/ledger/pace.ts';
import { addToHistory, foundEnd, notTaken, soFar } from '../../../../functions/ledger/runItem.ts';
import { judgeRun } from '../../../../functions/ledger/runState.ts';
import { readBreaker, readOperatorSettings, readUsage } from '../../../../functions/ledger/sharedState.ts';
import { anyJson, anyText } from '../arbitraries/json.ts';
import { type FuzzTarget, mustHold } from '../fuzzTarget.ts';

type Item = Readonly<Record<string, AttributeValue>>;

/** Attribute values as the SDK returns them: the name of a type and the value. */
const schema = z.record(z.string(), z.record(z.string(), z.unknown()));

type ItemInput = z.infer<typeof schema>;

const nowMs = 1_800_000_000_000;

/** Numbers as DynamoDB writes them, with up to 38 digits. */
const numeral = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom(
    '0',
    '-1',
    '1800000000001',
    '9.9E+125',
    '1E-130',
    '-0.5',
    '99999999999999999999999999999999999999',
  ),
);
const text = fc.oneof(
  fc.constantFrom(
    'waiting',
    'calling',
    'done',
    'failed',
    'skipped',
    'sent',
    'mine',
    '[]',
    '[{"atMs":1,"what":"calls"}]',
    '[[',
    '{}',
  ),
  fc.array(anyJson).map((json) => JSON.stringify(json)),
  anyText,
);
const attribute: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  { weight: 5, arbitrary: numeral.map((N) => ({ N })) },
  { weight: 5, arbitrary: text.map((S) => ({ S })) },
  fc.constantFrom<Record<string, unknown>>(
    { NULL: true },
    { BOOL: true },
    { L: [] },
    { M: {} },
    { SS: ['b', 'a'] },
    { NS: ['1'] },
  ),
  fc
    .dictionary(
      anyText,
      numeral.map((N) => ({ N })),
      { maxKeys: 3 },
    )
    .map((M) => ({ M })),
  numeral.map((N) => ({ M: { run: { N }, other: { S: N } } })),
);
const state = fc
  .constantFrom('waiting', 'calling', 'done', 'failed', 'skipped')
  .map((S): Record<string, unknown> => ({ S }));
const name = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.constantFrom(
      ...[
        'state',
        'owner',
        'leaseUntilMs',
        'attempts',
        'notBeforeMs',
        'lostCallAtMs',
        'creditsReserved',
        'budgets',
      ],
      ...[
        'pending',
        'pendingSinceMs',
        'collection',
        'collectionKey',
        'collected',
        'detailsKept',
        'history',
        'reason',
      ],
      ...[
        'detail',
        'creditsUsed',
        'result',
        'segmentReport',
        'segopsReport',
        'updatedAtMs',
        'failures',
        'openUntilMs',
        'opens',
        'probe',
      ],
      ...[
        'probeUntilMs',
        'creditsRemaining',
        'creditsIncluded',
        'autoRecharge',
        'requestsPerMinute',
        'readAtMs',
      ],
      ...['heldUntilMs', 'holders', 'paused#*', 'paused#a', 'budget#a', 'budget#*'],
    ),
  },
  anyText,
);

/** Items that may be in the table, written by an older version or by hand. */
export const ledgerItems: FuzzTarget<ItemInput> = {
  name: 'ledger-items',
  share: 6,
  schema,
  inputs: fc
    .tuple(
      fc.dictionary(name, attribute, { maxKeys: 12 }),
      fc.oneof({ weight: 6, arbitrary: state }, attribute),
    )
    .map(([item, found]) => ({ state: found, ...item })),
  open: async () => ({ check, close: async () => undefined }),
};

function check(input: ItemInput): string {
  const item = input as unknown as Item;
  const run = soFar(item);
  mustHold(run.history.length <= 1_000, 'the history has no end');
  addToHistory(run.history, { atMs: nowMs, what: 'calls' });
  const operator = readOperatorSettings(item);
  mustBeNumbers({
    ...operator,
    pausedSinceMs: [...operator.pausedSinceMs],
    budgetCredits: [...operator.budgetCredits],
  });
  mustBeNumbers({
    run,
    breaker: readBreaker(item),
    usage: readUsage(item),
    held: heldUntilMs(item),
    holders: callsUnderWay(item, 'run', nowMs),
  });
  try {
    const taken = notTaken(item, 'mine', nowMs);
    mustBeNumbers({ taken, end: foundEnd(item) });
    const verdict = judgeRun({ state: 'waiting', owner: 'a', leaseUntilMs: 0 }, 'mine', nowMs);
    mustHold(verdict === 'free', 'a run without a lease is not free');
    return taken.kind;
  } catch (error) {
    const isForeseen =
      error instanceof Error && error.message.startsWith('The ledger has a run in the unknown state');
    if (!isForeseen) {
      throw error;
    }
    return 'of an unknown state';
  }
}

/** NaN would spread from sum to sum until DynamoDB refuses it. */
function mustBeNumbers(value: unknown, path = ''): void {
  mustHold(typeof value !== 'number' || Number.isFinite(value), `${path} is read as ${value}`);
  if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      mustBeNumbers(inner, `${path}.${name}`);
    }
  }
}
