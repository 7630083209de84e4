import { invalidField, missingField } from './apiError.ts';

type Body = Readonly<Record<string, unknown>>;

/** A string within these lengths, or `undefined` when it is absent. */
export function optionalText(
  body: Body,
  param: string,
  min = 0,
  max = Number.POSITIVE_INFINITY,
): string | undefined {
  const value = body[param];
  if (value === undefined) {
    return undefined;
  }
  if (typeof value !== 'string' || value.length < min || value.length > max) {
    throw invalidField(param, textRule(min, max));
  }
  return value;
}

function textRule(min: number, max: number): string {
  if (Number.isFinite(max)) {
    return `a string of ${min} to ${max} characters`;
  }
  return min > 0 ? 'a string that is not empty' : 'a string';
}

export function requiredText(body: Body, param: string, min?: number, max?: number): string {
  const value = optionalText(body, param, min, max);
  if (value === undefined) {
    throw missingField(param);
  }
  return value;
}

export function optionalChoice<T extends string>(
  body: Body,
  param: string,
  choices: readonly T[],
): T | undefined {
  const value = body[param];
  const choice = choices.find((candidate) => candidate === value);
  if (value !== undefined && choice === undefined) {
    throw invalidField(param, `one of ${choices.join(', ')}`);
  }
  return choice;
}

export function optionalFlag(body: Body, param: string): boolean | undefined {
  const value = body[param];
  if (value !== undefined && typeof value !== 'boolean') {
    throw invalidField(param, 'a boolean');
  }
  return value;
}

export function optionalTexts(body: Body, param: string): readonly string[] | undefined {
  const value = body[param];
  if (value === undefined) {
    return undefined;
  }
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw invalidField(param, 'an array of strings');
  }
  return value;
}

export function optionalNumbers(body: Body, param: string): Readonly<Record<string, number>> | undefined {
  const value = body[param];
  if (value === undefined) {
    return undefined;
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject || !Object.values(value).every((item) => typeof item === 'number')) {
    throw invalidField(param, 'an object of numbers');
  }
  return { ...value };
}
