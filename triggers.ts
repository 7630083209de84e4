import { askMave, createPersona, defineTriggers } from 'mavera-triggers';

/**
 * Which customer events start which Mavera work: the file to edit.
 * `npm run triggers -- check` checks it, `npm run triggers -- dry-run examples/*.ndjson` shows what it would do.
 */
export default defineTriggers([
  {
    name: 'trial-started',
    when: 'type = "track" and event = "trial_started"',
    run: createPersona(({ event }) => ({
      pipeline_type: 'north_star',
      type: 'B2B',
      name: `Trial user on ${event.properties.plan ?? 'an unknown plan'}`.slice(0, 100),
      description:
        `A customer who has just started a trial of the ${event.properties.plan ?? 'unknown'} plan, ` +
        `coming from ${event.properties.source ?? 'an unknown source'}.`,
    })),
  },
  {
    name: 'feature-milestone',
    when: 'type = "track" and event = "feature_milestone"',
    run: createPersona(({ event }) => ({
      pipeline_type: 'north_star',
      type: 'B2B',
      name: `Feature champion: ${event.properties.feature_name ?? 'a feature'}`.slice(0, 100),
      description:
        `A customer who reached the milestone "${event.properties.milestone ?? 'unknown'}" ` +
        `with the feature "${event.properties.feature_name ?? 'unknown'}".`,
    })),
  },
  {
    name: 'plan-upgraded',
    when: 'type = "track" and event = "plan_upgraded"',
    run: askMave(({ event }) => ({
      message:
        `A customer has upgraded from the ${event.properties.previous_plan ?? 'unknown'} plan ` +
        `to the ${event.properties.new_plan ?? 'unknown'} plan. What most likely moved them to upgrade, ` +
        'which features will they expect right away, and what is the greatest risk of churn in their first 7 days?',
    })),
  },
  {
    name: 'churn-signal',
    when: 'type = "track" and event = "churn_signal"',
    run: askMave(({ event }) => ({
      message:
        `A customer with a lifetime value of $${event.properties.ltv ?? 'unknown'} shows a sign of churn: ` +
        `${event.properties.signal_type ?? 'unknown'}. What are the likely reasons, and what would keep them?`,
    })),
  },
  {
    name: 'audience-entered',
    when: 'type = "track" and event = "Audience Entered"',
    run: askMave(({ event }) => ({
      message:
        `A customer has entered the audience "${event.properties.audience_key ?? 'unknown'}". ` +
        'What does this audience need next, and which message would reach it best?',
    })),
  },
]);
