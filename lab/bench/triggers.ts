import { askMave, createPersona, defineTriggers } from 'mavera-triggers';

/** The triggers of both sides: five, like the default triggers file at the time of writing. */
// biome-ignore lint/style/noDefaultExport: the shape of a triggers file
export default defineTriggers([
  {
    name: 'trial-started',
    when: 'type = "track" and event = "trial_started"',
    run: createPersona(({ event }) => ({ name: `Trial user on ${event.properties.plan}` })),
  },
  {
    name: 'feature-milestone',
    when: 'type = "track" and event = "feature_milestone"',
    run: createPersona(({ event }) => ({ name: `Feature champion: ${event.properties.feature_name}` })),
  },
  {
    name: 'plan-upgraded',
    when: 'type = "track" and event = "plan_upgraded"',
    run: askMave(({ event }) => ({ message: `Why the move to ${event.properties.new_plan}?` })),
  },
  {
    name: 'churn-signal',
    when: 'type = "track" and event = "churn_signal"',
    run: askMave(({ event }) => ({ message: `What is behind ${event.properties.signal_type}?` })),
  },
  {
    name: 'audience-entered',
    when: 'type = "track" and event = "Audience Entered"',
    run: askMave(({ event }) => ({ message: `What does ${event.properties.audience_key} need next?` })),
  },
]);
