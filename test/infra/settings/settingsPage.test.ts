import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { arnSettings } from '../../../infra/settings/readContext.ts';
import { describeSetting, type SettingName, settingsSchema } from '../../../infra/settings/settingsSchema.ts';

const page = readFileSync(new URL('../../../docs/settings.md', import.meta.url), 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('| `'));
const names = Object.keys(settingsSchema.shape) as SettingName[];

describe('docs/settings.md', () => {
  it('names every setting with its default, what it accepts and its sentence, and no other', () => {
    const expected = names.map((name) => {
      const { byDefault, accepts, meaning } = describeSetting(name);
      return `| \`${name}\` | ${byDefault} | ${accepts} | ${meaning} |`;
    });
    expect(rows.slice(0, names.length)).toEqual(expected);
  });

  it('names the resources that are given by ARN', () => {
    const expected = Object.entries(arnSettings).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`);
    expect(rows.slice(names.length)).toEqual(expected);
  });

  it('is told of every prop that is a value, in the words of the construct', () => {
    const props = readFileSync(new URL('../../../infra/MaveraTriggersProps.ts', import.meta.url), 'utf8');
    const declared = [...props.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name);
    const resources = ['code', 'alarmTopic', 'certificate', 'encryptionKey'];
    expect(declared.filter((name) => !resources.includes(name ?? '')).sort()).toEqual([...names].sort());
  });
});
