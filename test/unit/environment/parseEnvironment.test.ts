import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  flag,
  numeric,
  numericOrZero,
  parseEnvironment,
  required,
} from '../../../functions/environment/parseEnvironment.ts';

const schema = z.object({ TABLE: required, RATE: numeric, ALLOW: flag });
const complete = { TABLE: 'ledger', RATE: '60', ALLOW: 'true', PATH: '/usr/bin' };

describe("a function's environment", () => {
  it('is read with its types, and other variables are left out', () => {
    expect(parseEnvironment(schema, complete)).toEqual({ TABLE: 'ledger', RATE: 60, ALLOW: true });
    expect(parseEnvironment(schema, { TABLE: 't', ALLOW: 'false', RATE: '0.5' })).toEqual({
      TABLE: 't',
      RATE: 0.5,
      ALLOW: false,
    });
  });

  it('is refused with every variable that is missing', () => {
    expect(() => parseEnvironment(schema, {})).toThrow(
      /^The function's environment variables are not as the stack sets them: .*TABLE.*RATE.*ALLOW/,
    );
  });

  it.each([
    ['TABLE', ''],
    ['RATE', ''],
    ['RATE', '0'],
    ['RATE', '-1'],
    ['RATE', 'sixty'],
    ['RATE', 'NaN'],
    ['RATE', 'Infinity'],
    ['ALLOW', ''],
    ['ALLOW', 'yes'],
    ['ALLOW', 'TRUE'],
    ['ALLOW', '1'],
  ])('is refused with %s = %j, with the name of only that variable', (name, value) => {
    let message = '';
    try {
      parseEnvironment(schema, { ...complete, [name]: value });
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain(`${name}: `);
    for (const other of Object.keys(complete).filter((key) => key !== name)) {
      expect(message).not.toContain(other);
    }
  });

  it.each([
    ['0', 0],
    ['5000', 5_000],
  ])('may have 0 where that has a meaning: %s', (text, value) => {
    expect(parseEnvironment(z.object({ CREDITS: numericOrZero }), { CREDITS: text })).toEqual({
      CREDITS: value,
    });
  });

  it.each(['-1', 'none', 'Infinity', undefined])('is refused when it is not such a number: %j', (text) => {
    expect(() => parseEnvironment(z.object({ CREDITS: numericOrZero }), { CREDITS: text })).toThrow(
      /CREDITS: /,
    );
  });

  it('is refused without its values, which may be secrets', () => {
    expect(() => parseEnvironment(schema, { ...complete, RATE: 'hunter2' })).not.toThrow(/hunter2/);
    expect(() => parseEnvironment(schema, { ...complete, RATE: 'hunter2' })).toThrow(/RATE/);
  });
});
