import {
  askMave,
  clusterBy,
  defineTriggers,
  describeFields,
  idsFrom,
  quoted,
  segmentProfiles,
  trigger,
  updatePersona,
} from 'mavera-triggers';

/**
 * Your space at Segment, and a file with the user ids of customers, such as an export of your warehouse. Their channels are
 * told by the kinds of ids that Segment knows them by, and by the sources of these ids. No id leaves the pull.
 */
const customers = segmentProfiles({
  space: 'spa_local',
  of: idsFrom('./customers.csv'),
  traits: ['ltv', 'plan', 'engagement_tier', 'churn_risk', 'days_since_order'],
  channels: true,
  groupBy: clusterBy({ several_channels: { channel_count: { from: 2 } } }, 'one_channel'),
});

/** Each month, if they have changed: what customers who meet us in several channels expect of each channel. */
const channelHabits = trigger(
  {
    name: 'channel-habits',
    from: customers,
    every: '30d',
    when: 'properties.group = "several_channels"',
    atMost: { runs: 1 },
    budget: { credits: 150, per: 'month' },
  },
  askMave(({ event: { properties: group } }) => ({
    message:
      `${group.count} of ${group.total} of our customers meet us in several channels. What they have in common: ` +
      `${describeFields(group.fields)}. ` +
      'Describe one person who stands for them: how they move between channels in a week, what they expect of each channel, ' +
      'where the change of channels annoys them, and which message belongs into which channel.',
  })),
);

/** One persona for all channels, created once and then updated. */
const unifiedPersona = trigger(
  { name: 'unified-persona', after: channelHabits, budget: { credits: 300, per: 'month' } },
  updatePersona(
    ({ result, event: { properties: group } }) => ({
      pipeline_type: 'intermediate',
      type: 'B2C',
      name: 'A customer in every channel',
      channels: (group.fields.channels?.top ?? []).map(({ value }) => value),
      description: `Stands for ${group.count} customers. What research says of them: ${quoted(result.content, { maxLength: 4_000 })}`,
    }),
    { per: () => 'all channels' },
  ),
);

export default defineTriggers([channelHabits, unifiedPersona]);
