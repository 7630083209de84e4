import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** The parts of an update that the caller may add to before sending it. */
export interface UpdateParts {
  /** e.g. `#state = :state, #owner = :owner` */
  readonly assignments: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
}

/**
 * Assignments of an update expression, each attribute by a placeholder of its own name, since many plain names
 * are reserved words of DynamoDB; attributes without a value are left out.
 *
 * @example assign({ state: text('done') }) // '#state = :state', { '#state': 'state' }, { ':state': … }
 */
export function assign(attributes: Readonly<Record<string, AttributeValue | undefined>>): UpdateParts {
  const entries = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    assignments: entries.map(([name]) => `#${name} = :${name}`).join(', '),
    names: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
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

/** DynamoDB refuses a number that is nearer to 0, with the whole request. */
const smallestNumber = 1e-130;

/** A number attribute. */
export function number(value: number): AttributeValue {
  return { N: Math.abs(value) < smallestNumber ? '0' : `${value}` };
}
