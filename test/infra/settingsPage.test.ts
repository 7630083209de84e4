import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settingsSchema } from '../../infra/settingsSchema.ts';

const page = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('| `'));

describe('docs/settings.md', () => {
  it('names every setting with its default and its sentence, and no other', () => {
    const defaults = settingsSchema.parse({});
    const expected = Object.entries(settingsSchema.shape).map(([key, field]) => {
      const value = defaults[key as keyof typeof defaults];
      return `| \`${key}\` | \`${value === '' ? "''" : value}\` | ${field.description} |`;
    });
    expect(rows).toEqual(expected);
  });
});
