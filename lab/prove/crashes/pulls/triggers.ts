import { askMave, definePull, defineTriggers, sendgridContacts, trigger } from 'mavera-triggers';
import * as z from 'zod/mini';

const page = z.object({
  results: z.array(z.object({ id: z.number(), name: z.string() })),
  next: z.nullable(z.string()),
});

/** The segments of SegOps, one a step, so that there are many steps to crash at. */
const segments = definePull({
  kind: 'segments',
  source: 'segops',
  operations: ['listSegopsSegments'],
  start: { offset: 0 },
  step: ({ offset }: { readonly offset: number }, [answer]) => {
    if (answer === undefined) {
      const query = { limit: '1', offset: String(offset) };
      return { calls: [{ operation: 'listSegopsSegments', request: { query } }] };
    }
    const { results, next } = page.parse(answer.value);
    return {
      events: results.map(({ id, name }) => ({
        item: String(id),
        event: 'Segment Pulled',
        properties: { item: String(id), name },
      })),
      next: next === null ? undefined : { offset: offset + 1 },
    };
  },
});

/** The same pull several times: one of each is at work at a time. What a run does at Mavera carries its message id and item. */
const ofPages = ['pages-1', 'pages-2', 'pages-3', 'pages-slow'].map((name) =>
  trigger(
    { name, from: segments, every: '7d' },
    askMave(({ event: { messageId, properties } }) => ({
      message: `Why <${messageId}> [${properties.item}]?`,
    })),
  ),
);

export default defineTriggers([
  ...ofPages,
  trigger(
    {
      name: 'contacts',
      from: sendgridContacts({ all: true, groupBy: 'plan', fields: ['ltv'] }),
      every: '7d',
    },
    askMave(({ event: { messageId, properties } }) => ({
      message: `Why <${messageId}> [${properties.group}]?`,
    })),
  ),
]);
