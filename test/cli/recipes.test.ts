import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadTriggers } from '../../infra/bundling/loadTriggers.ts';
import { triggers } from './triggersCommand.ts';

describe('the recipes', () => {
  it.each(globSync('examples/recipes/*.ts'))(
    '%s is accepted by the command that checks triggers',
    async (file) => {
      const { code, stdout, stderr } = await triggers('check', file);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const { name } of loadTriggers(file)) {
        expect(stdout).toContain(name);
      }
    },
  );
});
