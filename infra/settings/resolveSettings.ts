import { Duration } from 'aws-cdk-lib/core';
import { checkSettings } from './checkSettings.ts';
import { maveraTiers } from './maveraTiers.ts';
import { defaultRunnerConcurrency } from './runnerConcurrency.ts';
import type { Settings } from './settings.ts';
import { SettingsError, shownValue } from './settingsError.ts';
import { settingsSchema } from './settingsSchema.ts';

/** The time that the runner has to record the outcome, after Mavera's answer or the timeout. */
const runnerMargin = Duration.seconds(20);

/**
 * Validates the given settings and computes those that depend on others.
 *
 * @param given by name: props of the construct, or strings of the CDK context
 * @throws SettingsError with each wrong setting, its value and what is accepted
 */
export function resolveSettings(given: Readonly<Record<string, unknown>>): Settings {
  const result = settingsSchema.safeParse(given);
  if (!result.success) {
    const wrong = new Map(result.error.issues.map((issue) => [String(issue.path[0]), issue.message]));
    throw new SettingsError(
      [...wrong].map(([name, expected]) => wrongValue(name, given[name], expected)).join(' '),
    );
  }
  const parsed = result.data;
  const tier = parsed.maveraTier === undefined ? undefined : maveraTiers[parsed.maveraTier];
  const maveraMonthlyCredits = parsed.maveraMonthlyCredits ?? tier?.monthlyCredits;
  const monthly = parsed.budgetPeriod === 'month' ? (maveraMonthlyCredits ?? 0) : 0;
  const runnerTimeout = parsed.maveraTimeout.plus(runnerMargin);
  const maveraRequestsPerMinute = parsed.maveraRequestsPerMinute ?? tier?.requestsPerMinute ?? 60;
  const settings: Settings = {
    ...parsed,
    maveraRequestsPerMinute,
    runnerConcurrency: parsed.runnerConcurrency ?? defaultRunnerConcurrency(maveraRequestsPerMinute),
    maveraMonthlyCredits,
    budgetCredits: parsed.budgetCredits ?? monthly,
    runnerTimeout,
    runQueueVisibilityTimeout:
      parsed.runQueueVisibilityTimeout ?? Duration.seconds(6 * runnerTimeout.toSeconds()),
  };
  checkSettings(settings);
  return settings;
}

function wrongValue(name: string, value: unknown, expected: string): string {
  return `Setting ${name} is ${shownValue(value)}; give ${expected}.`;
}
