import { askMave, defineTriggers, quoted, segopsSegments, trigger, updatePersona } from 'mavera-triggers';

/** Your tenant at SegOps. */
const tenant = 'acme';

/**
 * SegOps has computed a segment again. It posts that once and never again, so each half an hour it is also asked for what was
 * lost. Segments are computed often: each of them starts once a week, and only if it is worth the credits.
 */
const segmentNews = trigger(
  {
    name: 'segment-news',
    source: 'segops',
    when: 'event = "Segment Recomputed" and properties.member_count >= 50',
    catchUp: { from: segopsSegments({ tenant }), every: '30m' },
    cooldown: { per: ({ properties }) => String(properties.segment_id), for: '7d' },
    budget: { credits: 600, per: 'month', whenSpent: 'skip' },
  },
  askMave(({ event: { properties } }) => ({
    message:
      `Our customer segment ${quoted(properties.segment_name)} now has ${quoted(properties.member_count)} members. ` +
      `Its definition: ${quoted(properties.definition, { maxLength: 1_500, otherwise: 'see its name' })}. ` +
      'What do these customers want this week, what would lose them, and which one message should they get first?',
  })),
);

/** The segment's persona knows the answer. It is created once, and then updated. */
const segmentPersona = trigger(
  { name: 'segment-persona', after: segmentNews, budget: { credits: 900, per: 'month', whenSpent: 'skip' } },
  updatePersona(
    ({ event: { properties }, result }) => ({
      pipeline_type: 'north_star',
      type: 'B2C',
      name: `Segment ${properties.segment_name}`.slice(0, 100),
      description: `One of the ${quoted(properties.member_count)} customers of the segment ${quoted(properties.segment_name)}. What research says of them: ${quoted(result.content, { maxLength: 4_000 })}`,
    }),
    { per: ({ properties }) => String(properties.segment_id) },
  ),
);

export default defineTriggers([segmentNews, segmentPersona]);
