import {
  askMave,
  createPersona,
  defineTriggers,
  maveraWorkspace,
  runFocusGroup,
  segmentProfile,
  segopsMembers,
  segopsMembership,
  trigger,
} from 'mavera-triggers';

const followed = trigger(
  {
    name: 'followed',
    source: 'segops',
    when: 'event = "Segment Recomputed" and properties.segment_name = "followed"',
  },
  askMave(({ event }) => ({ message: `Why <${event.messageId}>?` })),
);

/**
 * A trigger for each of the runner's protocols. Each wants the event of its name. What it does at Mavera carries the event's
 * message id.
 */
export default defineTriggers([
  {
    name: 'ask',
    when: 'type = "track" and event = "ask"',
    run: askMave(({ event }) => ({ message: `Why <${event.messageId}>?` })),
  },
  {
    name: 'persona',
    when: 'type = "track" and event = "persona"',
    run: createPersona(({ event }) => ({ name: `<${event.messageId}>`, description: 'A customer.' })),
    cooldown: { per: 'user', for: '1h' },
    budget: { credits: 10_000_000, per: 'month' },
    toSegment: { track: true },
  },
  {
    name: 'group',
    when: 'type = "track" and event = "group"',
    run: runFocusGroup(
      ({ event }) => ({ workspace_id: 'ws_1', name: `<${event.messageId}>`, questions: ['Why?'] }),
      { pollEvery: '5s' },
    ),
    budget: { credits: 10_000_000, per: 'month' },
  },
  {
    name: 'collect',
    when: 'type = "track" and event = "collect"',
    run: askMave(({ events }) => ({
      message: `Why ${events.map(({ messageId }) => `<${messageId}>`).join('')}?`,
    })),
    collect: { per: 'user', count: 2, within: '5s' },
  },
  {
    name: 'parked',
    when: 'type = "track" and event = "parked"',
    run: askMave(({ event }) => ({ message: `Why <${event.messageId}>?` })),
  },
  {
    name: 'costly',
    when: 'type = "track" and event = "costly"',
    run: askMave(({ event }) => ({ message: `Why <${event.messageId}>?` })),
    approve: { above: 0 },
  },
  {
    name: 'mail',
    source: 'sendgrid',
    when: 'event = "Email Link Clicked" and properties.wanted_by = "mail"',
    run: askMave(({ event }) => ({ message: `Why <${event.messageId}>?` })),
  },
  trigger(
    {
      name: 'lookup',
      source: 'sendgrid',
      when: 'event = "Email Link Clicked" and properties.wanted_by = "lookup"',
      with: {
        profile: segmentProfile({ space: 'spa_1', traits: ['plan'], externalIds: true, events: true }),
        membership: segopsMembership(),
        members: segopsMembers({ segment: (event) => Number(event.properties.segment), first: 2 }),
      },
      only: ({ profile, membership, members }) =>
        profile !== undefined && membership?.segmentIds.length === 1 && members?.count === 3,
    },
    askMave(({ event, profile }) => ({
      message: `Why <${event.messageId}> with ${profile?.traits.plan}?`,
    })),
  ),
  trigger(
    {
      name: 'workspace',
      when: 'type = "track" and event = "workspace"',
      with: { workspace: maveraWorkspace() },
    },
    askMave(({ event, workspace }) => ({ message: `Why <${event.messageId}> in ${workspace.id}?` })),
  ),
  followed,
  trigger(
    { name: 'follower', after: followed },
    createPersona(({ event, result }) => ({
      name: `<${event.messageId}/follower>`,
      description: result.content,
    })),
  ),
  {
    name: 'reported',
    when: 'type = "track" and event = "reported"',
    run: askMave(({ event }) => ({ message: `Why <${event.messageId}>?` })),
    toSegOps: { track: true },
  },
]);
