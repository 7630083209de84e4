import {
  askMave,
  createPersona,
  defineTriggers,
  quoted,
  segmentProfile,
  segopsMembers,
  trigger,
} from 'mavera-triggers';

/** Starts only for customers who are worth it: what Segment knows of them is looked up first. */
const reportExported = trigger(
  {
    name: 'report-exported',
    when: 'type = "track" and event = "Report Exported"',
    with: { profile: segmentProfile({ traits: ['plan', 'ltv', 'city'] }) },
    only: ({ profile }) => Number(profile?.traits.ltv) >= 2_000,
  },
  askMave(({ event, profile }) => ({
    message:
      `A customer on the plan ${quoted(profile?.traits.plan)} in ${quoted(profile?.traits.city)} has exported ` +
      `${quoted(event.properties.rows)} rows as ${quoted(event.properties.format)}. ` +
      'Which question could our reports not answer, so that they took the data elsewhere?',
  })),
);

/** More triggers to copy from: other sources, lookups, and one trigger that follows another. `npm start` runs them too. */
export default defineTriggers([
  reportExported,
  trigger(
    { name: 'report-reader', after: reportExported },
    createPersona(({ result }) => ({
      pipeline_type: 'north_star',
      type: 'B2B',
      name: 'Somebody who works with exports',
      description: `A customer who takes our data elsewhere. What research says of them: ${quoted(result.content)}`,
    })),
  ),
  {
    name: 'link-clicked',
    source: 'sendgrid',
    when: 'type = "track" and event = "Email Link Clicked"',
    run: askMave(({ event }) => ({
      message:
        `Somebody has clicked the link ${quoted(event.properties.url)} in an e-mail. ` +
        'What are they curious about, and what should they see next?',
    })),
  },
  trigger(
    {
      name: 'segment-recomputed',
      source: 'segops',
      when: 'type = "track" and event = "Segment Recomputed"',
      with: { members: segopsMembers({ segment: ({ properties }) => Number(properties.segment_id) }) },
    },
    askMave(({ event, members }) => ({
      message:
        `The customer segment ${quoted(event.properties.segment_name)} now has ${quoted(members?.count)} members. ` +
        'What do these customers have in common, and which message would reach them?',
    })),
  ),
]);
