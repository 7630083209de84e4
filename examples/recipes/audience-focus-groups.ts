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

/** The audiences to compare, by their keys, in your space at Segment. */
const keys = ['high_value', 'at_risk', 'active_trials'];
const from = segmentAudiences({ space: 'spa_local', keys });
const budget = { credits: 1_500, per: 'month' } as const;

/** Each week: a persona for each audience, created once and updated when the audience has changed. */
const audiencePersona = trigger(
  { name: 'audience-persona', from, every: '7d', atMost: { runs: 3 }, budget },
  updatePersona(
    ({ event: { properties: audience } }) => ({
      pipeline_type: 'intermediate',
      type: 'B2C',
      name: `Audience ${audience.name}`.slice(0, 100),
      description:
        `A typical one of the ${quoted(audience.size)} customers in our audience ${quoted(audience.name)}, described as ` +
        `${quoted(audience.description)}. Segment defines it as ${quoted(audience.definition, { maxLength: 1_000 })}.`,
    }),
    { per: ({ properties }) => String(properties.id) },
  ),
);

/** The persona of an audience that is new or has changed is asked in a focus group. */
const audienceVoices = trigger(
  { name: 'audience-voices', after: audiencePersona, with: { workspace: maveraWorkspace() }, budget },
  runFocusGroup(({ event, result, workspace }) => ({
    workspace_id: workspace.id,
    name: `What moves the audience ${event.properties.name}?`.slice(0, 100),
    persona_ids: [result.personaId],
    questions: [
      'What made you choose us, and what nearly stopped you?',
      'Which message from us would you open at once, and which one would make you leave?',
    ].map((text) => ({ type: 'open_ended', text })),
  })),
);

/** One comparison of what all audiences said last, also those that have not changed. */
const audienceComparison = trigger(
  { name: 'audience-comparison', after: audienceVoices, collect: { count: keys.length, within: '6h' } },
  askMave(({ events, results }) => ({
    message: `Compare what focus groups of our customer audiences have said. For each audience: the one message to send it,
and where another audience needs the opposite. Answer in a table, and then in three sentences.
${results.map(({ focusGroup, isNew }, index) => said(events[index]?.properties.name, isNew, focusGroup)).join('\n')}`,
  })),
);

const said = (name: unknown, isNew: boolean, focusGroup: unknown): string =>
  `${quoted(name)}, asked ${isNew ? 'now' : 'before'}: ${quoted(focusGroup, { maxLength: 3_000 })}`;

export default defineTriggers([audiencePersona, audienceVoices, audienceComparison]);
