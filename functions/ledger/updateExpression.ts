import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** The assignments of an update, which the caller may add to. */
export interface Assignments {
  /** e.g. `#state = :state, #owner = :owner` */
  readonly assignments: string;
  readonly values: Readonly<Record<string, AttributeValue>>;
}

/**
 * Assignments of an update expression, each attribute by a placeholder of its own name. Attributes without a value are
 * left out.
 *
 * @example assign({ state: text('done') }) // { assignments: '#state = :state', values: { ':state': { S: 'done' } } }
 */
export function assign(attributes: Readonly<Record<string, AttributeValue | undefined>>): Assignments {
  const entries = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    assignments: entries.map(([name]) => `#${name} = :${name}`).join(', '),
    values: Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
  };
}

/** A string attribute; none for `undefined`. */
export function text(value: string): AttributeValue;
export function text(value: string | undefined): AttributeValue | undefined;
export function text(value: string | undefined): AttributeValue | undefined {
  // Half a surrogate pair cannot be written in UTF-8.
  return value === undefined ? undefined : { S: value.toWellFormed() };
}

/** DynamoDB refuses a number that is nearer to 0, and the whole request with it. */
const smallestNumber = 1e-130;

/** A number attribute; none for `undefined`. */
export function number(value: number): AttributeValue;
export function number(value: number | undefined): AttributeValue | undefined;
export function number(value: number | undefined): AttributeValue | undefined {
  if (value === undefined) {
    return undefined;
  }
  return { N: Math.abs(value) < smallestNumber ? '0' : `${value}` };
}
