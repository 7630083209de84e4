import * as fc from 'fast-check';
import * as z from 'zod';
import { readContext } from '../../../../../infra/settings/readContext.ts';
import { resolveSettings } from '../../../../../infra/settings/resolveSettings.ts';
import { SettingsError } from '../../../../../infra/settings/settingsError.ts';
import { settingsSchema } from '../../../../../infra/settings/settingsSchema.ts';
import { anyJson, anyText } from '../../arbitraries/json.ts';
import { mustNotTell, secretCanary } from '../../canary.ts';
import { type FuzzTarget, mustHold } from '../../fuzzTarget.ts';

const schema = z.record(z.string(), z.unknown());

type ContextInput = z.infer<typeof schema>;

const name = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...Object.keys(settingsSchema.shape)) },
  fc.constantFrom(
    'encryptionKeyArn',
    'alarmTopicArn',
    'certificateArn',
    'runerConcurrency',
    '__proto__',
    'constructor',
    'aws-cdk:x',
    '@x',
    '',
  ),
  anyText,
);
const text = fc.oneof(
  fc.constantFrom(
    '0',
    '1',
    '-1',
    '60',
    '1e3',
    '0x10',
    '٣',
    '5s',
    '150s',
    '7d',
    '0.5h',
    '1e9d',
    'true',
    'false',
    'TRUE',
    'month',
    'a,b',
    '*',
    'a,,b',
  ),
  fc.constantFrom(
    'free',
    'pro',
    'staging',
    'retain',
    'http-api',
    'function-url',
    'events.example.com',
    'arn:aws:sns:eu-west-1:123456789012:alarms',
  ),
  fc.constantFrom(
    'https://example.com/x',
    'https://example.com?x',
    'http://[::1]:1',
    'https://',
    '//',
    'javascript:1',
  ),
  fc
    .constantFrom(
      ...[
        'https://u:P@example.com',
        'https://P@example.com',
        'https:u:P@example.com',
        'https:\\\\u:P@example.com',
      ],
      ...[
        'https://u:a@P@example.com',
        'https:///u:P@example.com',
        'https://u:P@',
        'http://u:P@localhost/x@y',
        ' https://u:P@x',
      ],
    )
    .map((url) => url.replace('P', secretCanary)),
  anyText,
);

/** What `-c key=value` and cdk.json may say. */
export const stackSettings: FuzzTarget<ContextInput> = {
  name: 'stack-settings',
  share: 3,
  schema,
  inputs: fc.dictionary(name, fc.oneof({ weight: 6, arbitrary: text }, anyJson), { maxKeys: 4 }),
  open: async () => ({ check, close: async () => undefined }),
};

function check(context: ContextInput): string {
  try {
    const { settings } = readContext(context);
    const { runnerTimeout, runQueueVisibilityTimeout } = resolveSettings(settings);
    mustHold(
      runQueueVisibilityTimeout.toSeconds() >= runnerTimeout.toSeconds(),
      'a run comes back while its runner is at work',
    );
    return 'taken';
  } catch (error) {
    if (!(error instanceof SettingsError)) {
      throw error;
    }
    mustNotTell('the refusal', error.message);
    mustHold(/[.]$/.test(error.message), `the refusal is not a sentence: ${error.message}`);
    return 'refused';
  }
}
