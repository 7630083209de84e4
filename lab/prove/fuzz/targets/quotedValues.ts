import * as fc from 'fast-check';
import * as z from 'zod';
import { quoted } from '../../../../functions/triggers/quoted.ts';
import { anyOddValue, makeOdd, oddValueSchema } from '../arbitraries/oddValue.ts';
import { type FuzzTarget, mustHold } from '../fuzzTarget.ts';

const schema = z.strictObject({ value: oddValueSchema, maxLength: z.int().nonnegative() });

type QuotedInput = z.infer<typeof schema>;

/** What a builder may put into a prompt. */
export const quotedValues: FuzzTarget<QuotedInput> = {
  name: 'quoted-values',
  share: 3,
  schema,
  inputs: fc.record({ value: anyOddValue(), maxLength: fc.nat({ max: 300 }) }),
  open: async () => ({ check, close: async () => undefined }),
};

function check({ value: recipe, maxLength }: QuotedInput): string {
  const value = makeOdd(recipe);
  const text = quoted(value, { maxLength });
  mustHold(!/[\p{Cc}\u2028\u2029]/u.test(text), `it has a control character: ${JSON.stringify(text)}`);
  if (text === 'unknown') {
    return 'nothing';
  }
  if (['number', 'boolean', 'bigint'].includes(typeof value)) {
    mustHold(text === String(value), `${String(value)} became ${text}`);
    return 'as it is';
  }
  const inner: unknown = JSON.parse(text);
  mustHold(typeof inner === 'string', `it is not a quoted string: ${text}`);
  mustHold(Array.from(inner).length <= maxLength + 1, `it is longer than ${maxLength}: ${text}`);
  return 'quoted';
}
