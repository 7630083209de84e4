import { askMave, clusterBy, defineTriggers, sendgridContacts, trigger } from 'mavera-triggers';

/** A pull that reads the whole file twice: first for the quantile, then for the groups. */
export default defineTriggers([
  trigger(
    {
      name: 'contacts',
      every: '7d',
      from: sendgridContacts({
        all: true,
        fields: ['plan', 'ltv', 'country'],
        groupBy: clusterBy({
          at_risk: { days_since_order: { from: 300 } },
          high_value: { ltv: { top: 0.25 } },
          growth: { plan: ['pro', 'team'] },
        }),
      }),
    },
    askMave(({ event }) => ({ message: `What do the ${event.properties.group} need?` })),
  ),
]);
