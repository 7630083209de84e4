import { segmentEventTypes } from '../sources/segment/event.ts';
import { FqlSyntaxError, stringFields, stringValue } from './fqlToken.ts';
import type { Token } from './segmentFql.ts';

const equalities: ReadonlySet<string> = new Set(['=', '!=']);
const orders: ReadonlySet<string> = new Set(['<', '<=', '>', '>=']);
const eventTypes: ReadonlySet<string> = new Set(segmentEventTypes);

/**
 * Refuses a comparison that Segment evaluates differently from how it reads: it never matches, or always.
 *
 * @throws FqlSyntaxError with the comparison and the fix
 */
export function checkComparison(field: string, operator: string, token: Token): void {
  if (token.type === 'operator') {
    throw new FqlSyntaxError(
      `${field} ${operator}${token.value}: there is no such operator; "equals" is written =`,
    );
  }
  if (orders.has(operator)) {
    checkOrder(field, operator, token);
  } else if (!equalities.has(operator)) {
    throw new FqlSyntaxError(
      `${field} ${operator} ${token.value}: "${operator}" is not a comparison; use = or !=`,
    );
  } else if (field === 'type' || field === 'event') {
    checkName(field, operator, token);
  } else {
    checkEquality(field, operator, token);
  }
}

/** Segment orders only numbers, and only where the event has a number too. */
function checkOrder(field: string, operator: string, token: Token): void {
  const isNumber =
    (token.type === 'number' && isNumeric(token.value)) ||
    (token.type === 'string' && isNumeric(stringValue(token)));
  if (stringFields.has(field) || !isNumber) {
    throw new FqlSyntaxError(
      `${field} ${operator} ${token.value} never matches: Segment orders only numbers in properties, traits and context`,
    );
  }
}

/** `type` and `event` are always compared with a string. */
function checkName(field: string, operator: string, token: Token): void {
  if (token.type !== 'string') {
    throw new FqlSyntaxError(
      `${field} ${operator} ${token.value}: compare ${field} with a string in double quotes`,
    );
  }
  const text = stringValue(token);
  if (text === '' && operator === '=') {
    throw new FqlSyntaxError(
      field === 'event'
        ? 'event = "" is the filter of a new mapping at Segment, and matches only events with an empty name; ' +
            'write the name of the event'
        : 'type = "" never matches: every event has a type',
    );
  }
  if (field === 'type' && !eventTypes.has(text)) {
    throw new FqlSyntaxError(
      `type ${operator} "${text}": there is no such type; the types are ${segmentEventTypes.join(', ')}`,
    );
  }
}

function checkEquality(field: string, operator: string, token: Token): void {
  if (token.type === 'ident' && (token.value === 'true' || token.value === 'false')) {
    checkTruth(field, operator, token.value);
  } else if (token.type === 'string') {
    stringValue(token);
  } else if (token.type === 'number' && !isNumeric(token.value)) {
    throw new FqlSyntaxError(`${field} ${operator} ${token.value}: "${token.value}" is not a number`);
  } else if (token.type !== 'number' && token.type !== 'null') {
    throw new FqlSyntaxError(`${field} ${operator} ${token.value}: put the string in double quotes`);
  }
}

function checkTruth(field: string, operator: string, value: string): void {
  if (stringFields.has(field)) {
    throw new FqlSyntaxError(`${field} ${operator} ${value} never matches: ${field} is a string`);
  }
  if (operator === '!=') {
    const opposite = value === 'true' ? 'false' : 'true';
    throw new FqlSyntaxError(
      `${field} != ${value} always matches, because Segment compares it with a string; write ${field} = ${opposite}`,
    );
  }
}

function isNumeric(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}
