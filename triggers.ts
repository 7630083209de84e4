import { askMave, createPersona, defineTriggers, quoted } from 'mavera-triggers';

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
        `A customer who has just started a trial of the plan ${quoted(event.properties.plan)}, ` +
        `coming from the source ${quoted(event.properties.source)}.`,
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
        `A customer who reached the milestone ${quoted(event.properties.milestone)} ` +
        `with the feature ${quoted(event.properties.feature_name)}.`,
    })),
  },
  {
    name: 'plan-upgraded',
    when: 'type = "track" and event = "plan_upgraded"',
    run: askMave(({ event }) => ({
      message:
        `A customer has upgraded from the plan ${quoted(event.properties.previous_plan)} ` +
        `to the plan ${quoted(event.properties.new_plan)}. What most likely moved them to upgrade, ` +
        'which features will they expect right away, and what is the greatest risk of churn in their first 7 days?',
    })),
  },
  {
    name: 'churn-signal',
    when: 'type = "track" and event = "churn_signal"',
    run: askMave(({ event }) => ({
      message:
        `A customer with a lifetime value of ${quoted(event.properties.ltv)} dollars shows a sign of churn: ` +
        `${quoted(event.properties.signal_type)}. What are the likely reasons, and what would keep them?`,
    })),
  },
  {
    name: 'audience-entered',
    when: 'type = "track" and event = "Audience Entered"',
    run: askMave(({ event }) => ({
      message:
        `A customer has entered the audience ${quoted(event.properties.audience_key)}. ` +
        'What does this audience need next, and which message would reach it best?',
    })),
  },
]);
