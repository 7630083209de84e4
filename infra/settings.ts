import { closestName } from './closestName.ts';
import { type Settings, settingsSchema } from './settingsSchema.ts';

/** The configuration cannot be used; the message is one line for the person who deploys. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** `cdk acknowledge` keeps this key in the context. */
const otherContextKeys: ReadonlySet<string> = new Set(['acknowledged-issue-numbers']);

/**
 * The settings out of the CDK context (`-c key=value`, cdk.json). Keys of the CDK itself are passed over: feature
 * flags and looked-up values (they hold `@` or `:`), and keys that start with `aws` or `cli-`.
 *
 * @throws SettingsError naming each wrong key, its value and what is allowed, or the keys that exist
 */
export function readSettings(context: Readonly<Record<string, unknown>>): Settings {
  const entries = Object.entries(context).filter(([key]) => !isFrameworkKey(key));
  const unknown = entries.map(([key]) => key).filter((key) => !Object.hasOwn(settingsSchema.shape, key));
  if (unknown.length > 0) {
    throw new SettingsError(unknownKeysMessage(unknown));
  }
  const given = Object.fromEntries(entries);
  const result = settingsSchema.safeParse(given);
  if (!result.success) {
    const wrong = new Map(result.error.issues.map((issue) => [String(issue.path[0]), issue.message]));
    throw new SettingsError(
      [...wrong].map(([key, expected]) => wrongValueMessage(key, given[key], expected)).join(' '),
    );
  }
  checkRetention(result.data);
  return result.data;
}

function checkRetention({ runRetentionDays, runDeadlineHours, claimLifetimeDays }: Settings): void {
  if (runRetentionDays * 24 < runDeadlineHours) {
    const expected = `at least as long as runDeadlineHours (${runDeadlineHours}), or a waiting run is forgotten and done twice`;
    throw new SettingsError(wrongValueMessage('runRetentionDays', runRetentionDays, expected));
  }
  if (runRetentionDays < claimLifetimeDays) {
    const expected = `at least as long as claimLifetimeDays (${claimLifetimeDays}), or a run is forgotten before its event`;
    throw new SettingsError(wrongValueMessage('runRetentionDays', runRetentionDays, expected));
  }
}

function wrongValueMessage(key: string, value: unknown, expected: string): string {
  const shown = (JSON.stringify(value) ?? String(value)).replace(/\/\/[^/@]*@/, '//…@');
  return `Context key ${key} is ${shown}; give ${expected}.`;
}

function unknownKeysMessage(unknown: readonly string[]): string {
  const known = Object.keys(settingsSchema.shape);
  const shown = unknown.map((key) => {
    const closest = closestName(key, known);
    return closest === undefined ? key : `${key} (did you mean ${closest}?)`;
  });
  return `There is no context key ${shown.join(', ')}; the keys are ${known.join(', ')}.`;
}

function isFrameworkKey(key: string): boolean {
  return /[@:]|^(?:aws|cli-)/.test(key) || otherContextKeys.has(key);
}
