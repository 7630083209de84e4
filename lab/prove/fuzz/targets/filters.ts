import * as fc from 'fast-check';
import * as z from 'zod';
import { parseSegmentEvent } from '../../../../functions/sources/segment/event.ts';
import { askMave } from '../../../../functions/triggers/actions.ts';
import { checkFqlSyntax } from '../../../../functions/triggers/fqlSyntax.ts';
import { FqlSyntaxError } from '../../../../functions/triggers/fqlToken.ts';
import { joinFilters } from '../../../../functions/triggers/joinFilters.ts';
import { compileTriggers, matchTriggers } from '../../../../functions/triggers/matchTriggers.ts';
import { neverMatches } from '../../../../functions/triggers/neverMatches.ts';
import type { Trigger } from '../../../../functions/triggers/trigger.ts';
import { brokenText } from '../arbitraries/brokenText.ts';
import { anyFilter, anyFilteredEvent, anyWriting } from '../arbitraries/fql.ts';
import { anyJson, anyText } from '../arbitraries/json.ts';
import { type FuzzTarget, mustHold } from '../fuzzTarget.ts';

const schema = z.strictObject({ filters: z.array(z.string()).min(1), element: z.unknown() });

type FiltersInput = z.infer<typeof schema>;

const pieces = fc.constantFrom(
  ...['(', ')', '!', '"', "'", '\\', ',', '.', '*', '=', '!=', '<', '>=', ' and ', ' or ', 'null', 'true'],
  ...[
    'type',
    'event',
    'properties.',
    'contains(',
    'match(',
    '1e9',
    '-',
    '[0]',
    '{',
    ';',
    '\0',
    '🎉',
    '\ud800',
  ],
);
const right = fc.oneof(anyFilter, anyWriting).map(({ fql }) => fql);
const filter = fc.oneof(
  { weight: 4, arbitrary: right },
  { weight: 4, arbitrary: brokenText(right, fc.oneof(pieces, anyText)) },
  { weight: 2, arbitrary: fc.array(pieces, { maxLength: 12 }).map((some) => some.join('')) },
  anyText,
  fc.tuple(pieces, fc.nat({ max: 3_000 })).map(([piece, times]) => piece.repeat(times)),
);

/** Filters as people write them, right and wrong, against any event. */
export const filters: FuzzTarget<FiltersInput> = {
  name: 'filters',
  share: 10,
  schema,
  inputs: fc.record({
    filters: fc.array(filter, { minLength: 1, maxLength: 3 }),
    element: fc.oneof(
      anyFilteredEvent,
      fc.record({ type: fc.constant('track'), properties: anyJson }),
      anyJson,
    ),
  }),
  open: async () => ({ check, close: async () => undefined }),
};

function check({ filters: texts, element }: FiltersInput): string {
  const event = parseSegmentEvent(element).ok ? element : undefined;
  compileTriggers(texts.map(triggerOf));
  const right = texts.filter(isRight);
  for (const text of right) {
    const reason = neverMatches(text);
    mustHold(
      reason === undefined || !matches(text, event),
      `neverMatches says "${reason}" of ${text}, which matches`,
    );
  }
  const joined = joinFilters(right);
  mustHold(joined.every(isRight), `joinFilters wrote what checkFqlSyntax refuses: ${joined.join(' | ')}`);
  const one = right.some((text) => matches(text, event));
  mustHold(
    one === joined.some((text) => matches(text, event)),
    `the filters ${one ? 'match' : 'do not match'} and what they were joined to does the other: ${joined.join(' | ')}`,
  );
  return right.length === texts.length ? 'taken' : right.length === 0 ? 'refused' : 'partly taken';
}

function isRight(text: string): boolean {
  try {
    checkFqlSyntax(text);
    return true;
  } catch (error) {
    if (error instanceof FqlSyntaxError) {
      mustHold(error.message !== '', `the refusal of ${JSON.stringify(text)} has no reason`);
      return false;
    }
    throw error;
  }
}

function matches(when: string, event: unknown): boolean {
  return (
    event !== undefined && matchTriggers(compileTriggers([triggerOf(when)]), 'default', event).length > 0
  );
}

function triggerOf(when: string): Trigger {
  return { name: 'a', when, run: askMave(() => ({ message: 'a' })) };
}
