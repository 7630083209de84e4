import * as z from 'zod/mini';

/** No list that a system documents is longer. */
const mostElements = 10_000;

/**
 * A list in a system's answer. Its length is checked before its elements: of a hundred thousand wrong ones, a plain
 * `z.array` throws a RangeError, which is not an error of the schema.
 */
export function boundedList<Element extends z.ZodMiniType>(
  element: Element,
): z.ZodMiniPipe<z.ZodMiniArray<z.ZodMiniUnknown>, z.ZodMiniArray<Element>> {
  return z.pipe(z.array(z.unknown()).check(z.maxLength(mostElements)), z.array(element));
}
