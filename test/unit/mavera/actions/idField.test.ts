import { describe, expect, it } from 'vitest';
import { idField } from '../../../../functions/mavera/actions/idField.ts';

describe('an id in an answer of Mavera', () => {
  it.each(['p-1', 'clx1abc2d0001abcdef123456', 'a b/c?d#e', '...', 'é🎉', 'x'.repeat(200)])(
    'is any text: %s',
    (id) => {
      expect(idField.parse(id)).toBe(id);
    },
  );

  it.each(['', '.', '..', '\ud800', 'a\n', 'x'.repeat(201), 5, null])(
    'is none that no path of a later call can have: %j',
    (id) => {
      expect(idField.safeParse(id).success).toBe(false);
    },
  );
});
