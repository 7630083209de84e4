import type { EventFields } from '../../sources/segment/event.ts';
import { addValue, type FieldSummary, startSketch, summaryOf } from './fieldSketch.ts';

/** What events have in common. */
export interface Summary<Field extends string = string> {
  readonly count: number;
  readonly fields: Readonly<Record<Field, FieldSummary>>;
}

/**
 * Sums events up for a prompt: of each field how many have it, its median and quartiles, and its most frequent values. There
 * is no single person in it: a value that fewer than 5 events have is left out. A field is a property, otherwise a trait.
 *
 * @example askMave(({ events }) => ({ message: `What do they share? ${JSON.stringify(summarize(events, ['plan', 'ltv']))}` }))
 */
export function summarize<const Field extends string>(
  events: readonly { readonly properties: EventFields; readonly traits?: EventFields }[],
  fields: readonly Field[],
): Summary<Field> {
  const summaries = fields.map((field) => {
    const sketch = startSketch();
    for (const { properties, traits = {} } of events) {
      const own = Object.hasOwn(properties, field) ? properties[field] : undefined;
      addValue(sketch, own ?? (Object.hasOwn(traits, field) ? traits[field] : undefined));
    }
    return [field, summaryOf(sketch)] as const;
  });
  return {
    count: events.length,
    fields: Object.fromEntries(summaries) as Record<Field, FieldSummary>,
  };
}
