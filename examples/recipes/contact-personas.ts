import {
  defineTriggers,
  describeFields,
  quoted,
  sendgridContacts,
  trigger,
  updatePersona,
} from 'mavera-triggers';

/** Your contacts at SendGrid, in groups of the custom field `plan`. Take `listIds` or `segmentIds` in place of `all` for a part. */
const contacts = sendgridContacts({
  all: true,
  groupBy: 'plan',
  fields: ['industry', 'country', 'ltv', 'orders', 'days_since_order'],
});

/** On the second of each month: a persona for each large group, created once, and updated when the group has changed. */
const contactPersona = trigger(
  {
    name: 'contact-persona',
    from: contacts,
    every: { cron: '0 5 2 * ? *', timeZone: 'Europe/Berlin' },
    // A smaller group is not worth the 300 credits of a persona.
    when: 'properties.share >= 0.15',
    atMost: { runs: 5 },
    budget: { credits: 1_500, per: 'month' },
  },
  updatePersona(
    ({ event: { properties: group } }) => ({
      pipeline_type: 'intermediate',
      type: 'B2B',
      name: `Contacts on the plan ${group.group}`.slice(0, 100),
      description:
        `A typical one of our ${group.count} e-mail contacts on the plan ${quoted(group.group)}, ` +
        `${(group.share * 100).toFixed(0)} % of all ${group.total} contacts. What they have in common: ` +
        `${describeFields(group.fields)}.`,
      industry: group.fields.industry?.top?.[0]?.value ?? 'several',
    }),
    { per: ({ properties }) => String(properties.group) },
  ),
);

export default defineTriggers([contactPersona]);
