import { describe, expect, it } from 'vitest';
import { actionPerformers } from '../../../../functions/mavera/actions/actionPerformers.ts';
import { askMave, createPersona } from '../../../../functions/triggers/actions.ts';

describe('every action of a triggers file', () => {
  it.each([askMave(() => ({ message: 'Why?' })), createPersona(() => ({ name: 'Ann' }))])(
    'has what performs it: $kind',
    ({ kind }) => {
      expect(actionPerformers.get(kind)?.kind).toBe(kind);
    },
  );
});
