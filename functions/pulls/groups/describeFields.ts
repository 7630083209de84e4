import { quoted } from '../../triggers/quoted.ts';
import type { FieldSummary } from './fieldSketch.ts';

/**
 * Writes what people have in common as one line for a prompt: of each field the median and the middle half of its numbers, and
 * its most frequent values with the share of those people who have one. Values are in quotes, as `quoted` writes them. A
 * field of which nothing is known is left out.
 *
 * @param fields of a group, or what `summarize` gives
 * @example describeFields(event.properties.fields) // 'plan: "pro" 75 %, "team" 20 %; ltv: median 180, half from 100 to 310'
 */
export function describeFields(fields: Readonly<Record<string, FieldSummary>>): string {
  const described = Object.entries(fields).flatMap(([field, summary]) => {
    const parts = [...numbersIn(summary), ...valuesIn(summary)];
    return parts.length === 0 ? [] : [`${field}: ${parts.join(', ')}`];
  });
  return described.length === 0 ? 'nothing is known' : described.join('; ');
}

function numbersIn({ lowerQuartile, median, upperQuartile }: FieldSummary): readonly string[] {
  return median === undefined ? [] : [`median ${median}, half from ${lowerQuartile} to ${upperQuartile}`];
}

function valuesIn({ count, top = [] }: FieldSummary): readonly string[] {
  return top.map((one) => `${quoted(one.value)} ${percentOf(one.count, count)} %`);
}

/** Nobody is 0 %, and all are 100 % only if nobody is missing. */
function percentOf(count: number, all: number): number {
  const percent = Math.round((100 * count) / all);
  return count < all ? Math.min(99, Math.max(1, percent)) : percent;
}
