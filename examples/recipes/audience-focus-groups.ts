import {
  askMave,
  defineTriggers,
  maveraWorkspace,
  quoted,
  runFocusGroup,
  segmentAudiences,
  trigger,
  updatePersona,
} from 'mavera-triggers';

/** Your space at Segment, and the keys of the audiences to compare. */
const space = 'spa_local';
const keys = ['high_value', 'at_risk', 'active_trials'];

/** Each week: a persona for each audience. It is created once, and updated when the audience has changed. */
const audiencePersona = trigger(
  { name: 'audience-persona', from: segmentAudiences({ space, keys }), every: '7d', atMost: { runs: 3 } },
  updatePersona(
    ({ event: { properties: audience } }) => ({
      pipeline_type: 'intermediate',
      type: 'B2C',
      name: `Audience ${audience.name}`.slice(0, 100),
      description:
        `A typical one of the ${quoted(audience.size)} customers in our audience ${quoted(audience.name)}: ` +
        `${quoted(audience.description, { otherwise: 'nobody has described them' })}. All of them meet this definition, ` +
        `in the query language of Segment: ${quoted(audience.definition, { maxLength: 1_000 })}.`,
    }),
    { per: ({ properties }) => String(properties.id) },
  ),
);

/** The persona of an audience that is new or has changed is asked in a focus group. */
const audienceVoices = trigger(
  { name: 'audience-voices', after: audiencePersona, with: { workspace: maveraWorkspace() } },
  runFocusGroup(({ event, result, workspace }) => ({
    workspace_id: workspace.id,
    name: `What moves the audience ${event.properties.name}?`.slice(0, 100),
    persona_ids: [result.personaId],
    questions: [
      'What made you choose us, and what nearly stopped you?',
      'Which message from us would you open at once, and which one would you delete?',
      'What would make you spend more with us this month? What would make you leave?',
    ].map((text) => ({ type: 'open_ended', text })),
  })),
);

/** One comparison of what all audiences said last, also those that have not changed. */
const audienceComparison = trigger(
  { name: 'audience-comparison', after: audienceVoices, collect: { count: keys.length, within: '6h' } },
  askMave(({ results }) => ({
    message: `Compare what focus groups of our customer audiences have said. For each audience: the one message to send it,
and where another audience needs the opposite. Answer in a table, and then in three sentences.
${results.map(({ focusGroup, isNew }) => `${isNew ? 'New' : 'As before'}: ${quoted(focusGroup, { maxLength: 3_000 })}`).join('\n')}`,
  })),
);

export default defineTriggers([audiencePersona, audienceVoices, audienceComparison]);
