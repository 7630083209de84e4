import {
  askMave,
  defineTriggers,
  maveraWorkspace,
  respondAs,
  runFocusGroup,
  segmentProfile,
  segopsMembers,
  segopsMembership,
  segopsSegments,
  trigger,
  updatePersona,
} from 'mavera-triggers';

const asked = trigger(
  {
    name: 'looked',
    when: 'type = "track" and event = "looked"',
    with: {
      profile: segmentProfile({ traits: ['plan'], externalIds: true }),
      membership: segopsMembership(),
      members: segopsMembers({ segment: 42, first: 2 }),
      workspace: maveraWorkspace(),
    },
  },
  askMave(({ profile, membership, members, workspace }) => ({
    message: `Why ${profile?.traits.plan}, ${membership?.segmentIds.length}, ${members?.count}, ${workspace.id}?`,
  })),
);

/** A trigger for each way in which a run uses the ledger, the queues and the topic; each matches the event of its name. */
export default defineTriggers([
  {
    name: 'ask',
    when: 'type = "track" and event = "ask"',
    run: askMave(({ event }) => ({ message: `Why ${event.messageId}?` })),
  },
  {
    name: 'held',
    when: 'type = "track" and event = "held"',
    run: askMave(() => ({ message: 'Why?' })),
  },
  {
    name: 'budgeted',
    when: 'type = "track" and event = "budgeted"',
    // One run reserves the whole budget and spends some of it, so that a second run has no budget.
    run: askMave(() => ({ message: 'Why?' }), { estimatedCredits: 75 }),
    budget: { credits: 75, per: 'month', whenSpent: 'skip' },
  },
  {
    name: 'cooled',
    when: 'type = "track" and event = "cooled"',
    run: askMave(() => ({ message: 'Why?' })),
    cooldown: { per: 'user', for: '1h' },
  },
  {
    name: 'collected',
    when: 'type = "track" and event = "collected"',
    run: askMave(({ events }) => ({ message: `Why these ${events.length}?` })),
    collect: { per: 'user', count: 2, within: '5s' },
  },
  {
    name: 'threaded',
    when: 'type = "track" and event = "threaded"',
    run: askMave(
      ({ event }) => {
        if (event.properties.isBroken === true) {
          throw new Error('nothing to ask');
        }
        return { message: 'And now?' };
      },
      { thread: 'per-user' },
    ),
  },
  {
    name: 'profiled',
    when: 'type = "track" and event = "profiled"',
    run: updatePersona(
      () => ({ name: 'A customer', pipeline_type: 'north_star', type: 'B2B', description: 'Buys.' }),
      { per: 'user' },
    ),
  },
  {
    name: 'responded',
    when: 'type = "track" and event = "responded"',
    run: respondAs(() => ({ input: 'Would you stay?' }), {
      // One that the simulator gives to every account.
      personaId: 'clx0000000003saascmo00000',
    }),
  },
  {
    name: 'discussed',
    when: 'type = "track" and event = "discussed"',
    run: runFocusGroup(() => ({ workspace_id: 'ws_1', name: 'Why they stay', questions: ['Why?'] }), {
      pollEvery: '5s',
    }),
  },
  {
    name: 'reported',
    when: 'type = "track" and event = "reported"',
    run: askMave(() => ({ message: 'Why?' })),
    toSegment: { track: true, identify: () => ({ researched: true }) },
    toSegOps: { track: true, identify: () => ({ researched: true }) },
  },
  trigger(
    { name: 'pulled', from: segopsSegments({ tenant: 'acme', ids: [42] }), every: '30m' },
    askMave(({ event }) => ({ message: `Why ${event.properties.segment_name}?` })),
  ),
  asked,
  trigger(
    { name: 'followed', after: asked },
    askMave(({ result }) => ({ message: `And what after ${result.content}?` })),
  ),
  {
    name: 'mailed',
    source: 'sendgrid',
    when: 'event = "Email Opened"',
    run: askMave(() => ({ message: 'Why opened?' })),
  },
  {
    name: 'recomputed',
    source: 'segops',
    when: 'event = "Segment Recomputed"',
    run: askMave(() => ({ message: 'Why so many?' })),
  },
]);
