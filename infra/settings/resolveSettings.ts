import { Duration } from 'aws-cdk-lib/core';
import { checkSettings } from './checkSettings.ts';
import { maveraTiers } from './maveraTiers.ts';
import type { Settings } from './settings.ts';
import { SettingsError } from './settingsError.ts';
import { settingsSchema } from './settingsSchema.ts';
import { shownValue } from './shownValue.ts';

/** What the runner has left, after Mavera's answer or silence, to record the outcome. */
const runnerMargin = Duration.seconds(20);

/**
 * Validates what was given and works out the rest.
 *
 * @param given by name: props of the construct, or texts of the CDK context
 * @throws SettingsError naming each wrong setting, its value and what is allowed
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
  const settings: Settings = {
    ...parsed,
    maveraRequestsPerMinute: parsed.maveraRequestsPerMinute ?? tier?.requestsPerMinute ?? 60,
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
