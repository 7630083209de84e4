import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type * as z from 'zod';
import { metricUnits } from '../../../functions/observability/metrics.ts';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import { generatedFiles } from '../../../infra/docs/generatedFiles.ts';
import { metricSentences } from '../../../infra/docs/metricsTable.ts';
import { withPropsDocstrings } from '../../../infra/docs/propsDocstrings.ts';
import { withSettingsTables } from '../../../infra/docs/settingsTables.ts';
import { withRows } from '../../../infra/docs/table.ts';
import type { MaveraTriggersProps } from '../../../infra/MaveraTriggersProps.ts';
import type { SettingName, settingsSchema } from '../../../infra/settings/settingsSchema.ts';

const read = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');

describe('files that repeat what the code says', () => {
  it.each(Object.entries(generatedFiles))('are as `npm run docs:tables` writes them: %s', (path, write) => {
    expect(read(path)).toBe(write(read(path)));
  });

  it('lose rows of settings that do not exist, and get back rows and sentences that are missing', () => {
    const page = read('docs/settings.md');
    const stale = page
      .replace(/^\| `dedupeWindow`.*\n/m, '| `removedLongAgo` | none | anything | What it was. |\n')
      .replace('How many days CloudWatch keeps the logs.', 'Something that was true once.');
    expect(stale).not.toBe(page);
    expect(withSettingsTables(stale)).toBe(page);
  });

  it('get docstrings back that were changed by hand, for settings only', () => {
    const props = read('infra/MaveraTriggersProps.ts');
    const stale = props.replace('How many days CloudWatch keeps the logs.', 'Something that was true once.');
    expect(stale).not.toBe(props);
    expect(withPropsDocstrings(stale)).toBe(props);
    const ofResource = props.replace('if you bundle them yourself', 'if somebody else does');
    expect(withPropsDocstrings(ofResource)).toBe(ofResource);
  });

  it('must have the table: a page without it is refused', () => {
    expect(() => withRows('# A page\n', ['setting', 'meaning'], [])).toThrow(
      'The page needs one table with the columns setting, meaning',
    );
  });
});

describe('the props of the construct', () => {
  it('are exactly the settings, and the resources of an app', () => {
    type Resource = 'code' | 'alarmTopic' | 'certificate' | 'encryptionKey';
    expectTypeOf<Exclude<keyof MaveraTriggersProps, Resource>>().toEqualTypeOf<SettingName>();
  });

  it('have the types of the settings', () => {
    // These two are enums of the construct library, whose values the settings take as numbers and strings.
    type Same = Exclude<SettingName, 'logRetention' | 'removalPolicy'>;
    type Values<T> = { readonly [Name in Same]: NonNullable<T[Name & keyof T]> };
    type Settings = Values<z.infer<typeof settingsSchema>>;
    expectTypeOf<Values<MaveraTriggersProps>>().toExtend<Settings>();
    expectTypeOf<Settings>().toExtend<Values<MaveraTriggersProps>>();
  });
});

describe('the metrics', () => {
  it('have a sentence each', () => {
    const sentences = metricSentences();
    const without = Object.keys(metricUnits).filter((name) => !/^[A-Z].+\.$/.test(sentences.get(name) ?? ''));
    expect(without).toEqual([]);
  });
});
