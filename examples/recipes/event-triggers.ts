import { askMave, createPersona, defineTriggers, quoted } from 'mavera-triggers';

/** A persona costs 300 credits: five a month, and then no more. A question costs 10 to 75. */
const personas = { credits: 1_500, per: 'month', whenSpent: 'skip' } as const;
const questions = { credits: 500, per: 'month', whenSpent: 'skip' } as const;

/** What customers do starts research at once. These are the triggers of `triggers.ts`, with budgets. */
export default defineTriggers([
  {
    name: 'trial-started',
    when: 'type = "track" and event = "trial_started"',
    run: createPersona(({ event: { properties } }) => ({
      pipeline_type: 'north_star',
      type: 'B2B',
      name: `Trial user on ${properties.plan ?? 'an unknown plan'}`.slice(0, 100),
      description: `A customer who has just started a trial of the plan ${quoted(properties.plan)}, coming from ${quoted(properties.source)}.`,
    })),
    budget: personas,
  },
  {
    name: 'feature-milestone',
    when: 'type = "track" and event = "feature_milestone"',
    run: createPersona(({ event: { properties } }) => ({
      pipeline_type: 'north_star',
      type: 'B2B',
      name: `Feature champion: ${properties.feature_name ?? 'a feature'}`.slice(0, 100),
      description: `A customer who reached the milestone ${quoted(properties.milestone)} with the feature ${quoted(properties.feature_name)}.`,
    })),
    budget: personas,
  },
  {
    name: 'plan-upgraded',
    when: 'type = "track" and event = "plan_upgraded"',
    run: askMave(({ event: { properties } }) => ({
      message: `A customer has upgraded from the plan ${quoted(properties.previous_plan)} to ${quoted(properties.new_plan)}.
What most likely moved them, which features will they expect right away, and what is the greatest risk of churn in their first 7 days?`,
    })),
    budget: questions,
  },
  {
    name: 'churn-signal',
    when: 'type = "track" and event = "churn_signal"',
    run: askMave(({ event: { properties } }) => ({
      message: `A customer with a lifetime value of ${quoted(properties.ltv)} dollars shows a sign of churn:
${quoted(properties.signal_type)}. What are the likely reasons, and what would keep them?`,
    })),
    cooldown: { per: 'user', for: '7d' },
    budget: questions,
  },
  {
    name: 'audience-entered',
    when: 'type = "track" and event = "Audience Entered"',
    run: askMave(({ event: { properties } }) => ({
      message: `A customer has entered the audience ${quoted(properties.audience_key)}.
What does this audience need next, and which message would reach it best?`,
    })),
    cooldown: { per: ({ properties }) => String(properties.audience_key), for: '7d' },
    budget: questions,
  },
]);
