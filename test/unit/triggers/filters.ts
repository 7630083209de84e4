import * as fc from 'fast-check';
import { checkFqlSyntax } from '../../../functions/triggers/fqlSyntax.ts';

/** Whether `check` lets a filter pass. */
export function isValidFilter(filter: string): boolean {
  try {
    checkFqlSyntax(filter);
    return true;
  } catch {
    return false;
  }
}

/** Comparisons over a few fields and values, so that they often concern each other. */
export const anyComparison: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('track', 'identify', 'page').map((type) => `type = "${type}"`),
  fc
    .tuple(fc.constantFrom('=', '!='), fc.constantFrom('a', 'b', 'a b'))
    .map(([is, name]) => `event ${is} "${name}"`),
  fc
    .tuple(fc.constantFrom('=', '!=', '<', '<=', '>', '>='), fc.integer({ min: -1, max: 2 }))
    .map(([is, n]) => `properties.n ${is} ${n}`),
  fc.constantFrom(
    'properties.b = true',
    'properties.b = false',
    'properties.n = "1"',
    'properties.n >= "1"',
    'properties.n > 0.0000001',
    'properties.n != null',
    'properties.n = null',
    'context.x != null',
    'userId = null',
    'userId != "u"',
    'userId = "u"',
  ),
);

const call = fc
  .tuple(
    fc.constantFrom('', '!'),
    fc.constantFrom('contains(event, "a")', 'match(event, "a*")', 'match(event, "*b")'),
  )
  .map(([not, text]) => `${not}${text}`);
const leaf = fc.oneof({ weight: 3, arbitrary: anyComparison }, { weight: 1, arbitrary: call });
const joint = fc.constantFrom(' and ', ' or ');

/** Conditions, and groups of them in parentheses. */
export const anyPart: fc.Arbitrary<string> = partOf(leaf);

/** Filters that `check` lets pass. */
export const anyFilter: fc.Arbitrary<string> = filterOf(anyPart);

/** Filters of equalities alone: if every two of these can hold, all of them can. */
export const anyFilterOfEqualities: fc.Arbitrary<string> = filterOf(
  partOf(
    fc
      .tuple(fc.constantFrom('type', 'name'), fc.constantFrom('track', 'identify', 'page'))
      .map(([field, text]) => `${field} = "${text}"`),
  ),
);

function partOf(condition: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const group = fc
    .tuple(joint, fc.array(condition, { minLength: 1, maxLength: 3 }))
    .map(([by, conditions]) => `(${conditions.join(by)})`);
  return fc.oneof(condition, group).filter(isValidFilter);
}

function filterOf(part: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(joint, fc.array(part, { minLength: 1, maxLength: 4 })).map(([by, parts]) => parts.join(by));
}

/** Events that such filters are about. */
export const anyFilteredEvent: fc.Arbitrary<object> = fc.record({
  type: fc.constantFrom('track', 'identify', 'page'),
  event: fc.constantFrom('a', 'b', 'a b', 'ab', undefined),
  userId: fc.constantFrom('u', 'v', undefined),
  properties: fc.record({
    n: fc.constantFrom(-1, 0, 0.5, 1, 2, '1', true, null, undefined),
    b: fc.constantFrom(true, false, 'true'),
  }),
  context: fc.record({ x: fc.constantFrom(1, null, undefined) }),
});
