import { Duration } from 'aws-cdk-lib/core';
import { maveraTiers } from './maveraTiers.ts';
import type { Settings } from './settings.ts';
import { SettingsError } from './settingsError.ts';

/**
 * Stops a deployment whose settings are valid one by one, but together would lose events, do work twice, or be refused
 * by Mavera.
 *
 * @throws SettingsError with a sentence for each contradiction
 */
export function checkSettings(settings: Settings): void {
  const problems = [
    ...problemsOfTimes(settings),
    ...problemsOfPlan(settings),
    ...problemsOfEndpoint(settings),
    ...problemsOfMonitoring(settings),
  ];
  if (problems.length > 0) {
    throw new SettingsError(problems.join(' '));
  }
}

function problemsOfTimes(settings: Settings): readonly string[] {
  const { runnerTimeout, runQueueVisibilityTimeout, dedupeWindow, runRetention, runDeadline } = settings;
  const least = Duration.seconds(6 * runnerTimeout.toSeconds());
  return [
    ...problemIf(
      isShorter(runQueueVisibilityTimeout, least),
      `Setting runQueueVisibilityTimeout is ${shown(runQueueVisibilityTimeout)}; give at least ${shown(least)}, six ` +
        `times the runner's timeout of ${shown(runnerTimeout)}. Otherwise a run is delivered again while Lambda still ` +
        'throttles it, or while its runner still works.',
    ),
    ...problemIf(
      isShorter(runRetention, runDeadline),
      `Setting runRetention is ${shown(runRetention)}; give at least runDeadline (${shown(runDeadline)}). Otherwise ` +
        'a waiting run is forgotten and done twice.',
    ),
    ...problemIf(
      isShorter(runRetention, dedupeWindow),
      `Setting runRetention is ${shown(runRetention)}; give at least dedupeWindow (${shown(dedupeWindow)}). ` +
        'Otherwise a run is forgotten before its event.',
    ),
  ];
}

function problemsOfPlan(settings: Settings): readonly string[] {
  const { maveraTier, maveraRequestsPerMinute, maveraMonthlyCredits, budgetCredits, budgetPeriod } = settings;
  const limit = maveraTier === undefined ? undefined : maveraTiers[maveraTier].requestsPerMinute;
  return [
    ...problemIf(
      limit !== undefined && maveraRequestsPerMinute > limit,
      `Setting maveraRequestsPerMinute is ${maveraRequestsPerMinute}, but Mavera allows the tier ${maveraTier} only ${limit}: ` +
        'lower it, or correct maveraTier.',
    ),
    ...problemIf(
      maveraMonthlyCredits !== undefined && budgetCredits > maveraMonthlyCredits,
      `Setting budgetCredits is ${budgetCredits} a ${budgetPeriod}, more than the plan's ${maveraMonthlyCredits} a month: ` +
        'lower it, or raise maveraMonthlyCredits if the account recharges itself.',
    ),
  ];
}

function problemsOfEndpoint({ endpoint, domainName }: Settings): readonly string[] {
  return problemIf(
    domainName !== undefined && endpoint === 'function-url',
    `Setting domainName is ${domainName}, but a Function URL cannot have a domain: give endpoint=http-api as well.`,
  );
}

function problemsOfMonitoring(settings: Settings): readonly string[] {
  const { monitoring, gradualReleases, alarmWhenNoEventsFor } = settings;
  return [
    ...problemIf(
      !monitoring && gradualReleases,
      'Setting gradualReleases is true and monitoring is false. Without alarms nothing can stop a bad release: give ' +
        'gradualReleases=false as well.',
    ),
    ...problemIf(
      !monitoring && alarmWhenNoEventsFor !== undefined,
      'Setting alarmWhenNoEventsFor is given, but monitoring is false and makes no alarms: remove one of the two.',
    ),
  ];
}

function problemIf(isWrong: boolean, problem: string): readonly string[] {
  return isWrong ? [problem] : [];
}

function isShorter(one: Duration, other: Duration): boolean {
  return one.toMilliseconds() < other.toMilliseconds();
}

function shown(duration: Duration): string {
  return duration.toHumanString();
}
