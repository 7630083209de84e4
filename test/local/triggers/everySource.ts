import { askMave, defineTriggers, segmentProfile, trigger } from 'mavera-triggers';

export default defineTriggers([
  {
    name: 'clicked',
    source: 'sendgrid',
    when: 'type = "track" and event = "Email Link Clicked"',
    run: askMave(() => ({ message: 'Why did they click?' })),
  },
  {
    name: 'recomputed',
    source: 'segops',
    when: 'type = "track" and event = "Segment Recomputed"',
    run: askMave(() => ({ message: 'Who is in this segment?' })),
  },
  trigger(
    {
      name: 'vip-left',
      when: 'type = "track" and event = "churn_signal"',
      with: { profile: segmentProfile({ space: 'spa_named', traits: ['ltv'] }) },
      only: ({ profile }) => Number(profile?.traits.ltv) > 1_000,
    },
    askMave(({ profile }) => ({ message: `Why does a customer worth ${profile?.traits.ltv} leave?` })),
  ),
]);
