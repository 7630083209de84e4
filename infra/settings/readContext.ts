import { closestName } from '../../functions/triggers/closestName.ts';
import { SettingsError, shownValue } from './settingsError.ts';
import { settingNames } from './settingsSchema.ts';

/** Resources of the account that the stack uses, given by ARN. As props of the construct they are objects. */
export const arnSettings = {
  encryptionKeyArn:
    'The KMS key that encrypts table, queues, results topic and secrets. By default AWS manages the keys.',
  alarmTopicArn:
    'The SNS topic that is told when an alarm goes off and when it is over. By default alarms only show on the dashboard.',
  certificateArn: 'The certificate of `domainName` in ACM, in the region of the stack.',
} as const;

/** What the CDK context holds: settings by name, not yet validated, and the ARNs. */
export interface ContextSettings {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly arns: Readonly<Partial<Record<keyof typeof arnSettings, string>>>;
}

/** A key that `cdk acknowledge` writes. */
const otherContextKeys: ReadonlySet<string> = new Set(['acknowledged-issue-numbers']);

/**
 * Reads the settings from the CDK context (`-c key=value`, cdk.json). It ignores keys of the CDK itself: feature flags
 * and cached lookups, which contain `@` or `:`, and keys that start with `aws` or `cli-`.
 *
 * @throws SettingsError if a key does not exist or an ARN is malformed; the message names it
 */
export function readContext(context: Readonly<Record<string, unknown>>): ContextSettings {
  const entries = Object.entries(context).filter(([key]) => !isFrameworkKey(key));
  const known = [...settingNames, ...Object.keys(arnSettings)];
  const unknown = entries.map(([key]) => key).filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    throw new SettingsError(unknownKeys(unknown, known));
  }
  const isArn = ([key]: [string, unknown]): boolean => Object.hasOwn(arnSettings, key);
  const arns = entries.filter(isArn).map(([key, value]) => [key, checkedArn(key, value)] as const);
  return {
    settings: Object.fromEntries(entries.filter((entry) => !isArn(entry))),
    arns: Object.fromEntries(arns),
  };
}

function checkedArn(key: string, value: unknown): string {
  if (typeof value === 'string' && /^arn:aws[a-z-]*:(?:kms|sns|acm):[a-z0-9-]+:\d{12}:\S+$/.test(value)) {
    return value;
  }
  throw new SettingsError(
    `Setting ${key} is ${shownValue(value)}; give an ARN, such as arn:aws:sns:eu-west-1:123456789012:alarms.`,
  );
}

function unknownKeys(unknown: readonly string[], known: readonly string[]): string {
  const shown = unknown.map((key) => {
    const closest = closestName(key, known);
    return closest === undefined ? key : `${key} (did you mean ${closest}?)`;
  });
  return `There is no setting ${shown.join(', ')}; the settings are ${known.join(', ')}.`;
}

function isFrameworkKey(key: string): boolean {
  return /[@:]|^(?:aws|cli-)/.test(key) || otherContextKeys.has(key);
}
