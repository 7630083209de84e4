import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Operand, readOperand, readPath, type Scope, valueAt } from './operand.ts';
import { Tokens } from './tokens.ts';

/** Whether an item meets a condition. */
export type Condition = (scope: Scope) => boolean;

const known = new Map<string, Condition>();

/**
 * Reads a condition of the ledger: comparisons, BETWEEN, IN, attribute_exists, attribute_not_exists, begins_with, contains, size,
 * NOT, AND, OR and parentheses.
 *
 * @throws Error for what the ledger does not use
 */
export function conditionOf(expression: string): Condition {
  const before = known.get(expression);
  if (before !== undefined) {
    return before;
  }
  const tokens = new Tokens(expression);
  const condition = readOr(tokens);
  if (tokens.peek() !== undefined) {
    throw tokens.unexpected();
  }
  known.set(expression, condition);
  return condition;
}

function readOr(tokens: Tokens): Condition {
  let condition = readAnd(tokens);
  while (tokens.pass('OR')) {
    const [left, right] = [condition, readAnd(tokens)];
    condition = (scope) => left(scope) || right(scope);
  }
  return condition;
}

function readAnd(tokens: Tokens): Condition {
  let condition = readNot(tokens);
  while (tokens.pass('AND')) {
    const [left, right] = [condition, readNot(tokens)];
    condition = (scope) => left(scope) && right(scope);
  }
  return condition;
}

function readNot(tokens: Tokens): Condition {
  if (tokens.pass('NOT')) {
    const inner = readNot(tokens);
    return (scope) => !inner(scope);
  }
  if (tokens.pass('(')) {
    const inner = readOr(tokens);
    tokens.expect(')');
    return inner;
  }
  return readFunction(tokens) ?? readComparison(tokens);
}

function readFunction(tokens: Tokens): Condition | undefined {
  switch (tokens.peek()) {
    case 'ATTRIBUTE_EXISTS':
      return existence(tokens, true);
    case 'ATTRIBUTE_NOT_EXISTS':
      return existence(tokens, false);
    case 'BEGINS_WITH':
      return pair(tokens, (value, beginning) => value.S?.startsWith(beginning.S ?? '') === true);
    case 'CONTAINS':
      return pair(tokens, contains);
    default:
      return undefined;
  }
}

function existence(tokens: Tokens, exists: boolean): Condition {
  tokens.next();
  tokens.expect('(');
  const path = readPath(tokens);
  tokens.expect(')');
  return (scope) => (valueAt(path, scope) !== undefined) === exists;
}

function pair(tokens: Tokens, holds: (one: AttributeValue, other: AttributeValue) => boolean): Condition {
  tokens.next();
  tokens.expect('(');
  const one = readOperand(tokens);
  tokens.expect(',');
  const other = readOperand(tokens);
  tokens.expect(')');
  return (scope) => {
    const [first, second] = [one(scope), other(scope)];
    return first !== undefined && second !== undefined && holds(first, second);
  };
}

function contains({ S, SS }: AttributeValue, { S: part = '' }: AttributeValue): boolean {
  return S === undefined ? SS?.includes(part) === true : S.includes(part);
}

function readComparison(tokens: Tokens): Condition {
  const left = readOperand(tokens);
  if (tokens.pass('BETWEEN')) {
    const lowest = readOperand(tokens);
    tokens.expect('AND');
    const highest = readOperand(tokens);
    return (scope) => isOrdered(lowest(scope), left(scope)) && isOrdered(left(scope), highest(scope));
  }
  if (tokens.pass('IN')) {
    const listed = readList(tokens);
    return (scope) => listed.some((one) => areEqual(left(scope), one(scope)));
  }
  const comparison = comparisons[tokens.next()];
  if (comparison === undefined) {
    throw tokens.unexpected();
  }
  const right = readOperand(tokens);
  return (scope) => comparison(left(scope), right(scope));
}

function readList(tokens: Tokens): readonly Operand[] {
  tokens.expect('(');
  const listed = [readOperand(tokens)];
  while (tokens.pass(',')) {
    listed.push(readOperand(tokens));
  }
  tokens.expect(')');
  return listed;
}

type Comparison = (left: AttributeValue | undefined, right: AttributeValue | undefined) => boolean;

const comparisons: Readonly<Record<string, Comparison>> = {
  '=': areEqual,
  // An attribute that does not exist differs from one that does.
  '<>': (left, right) => !areEqual(left, right),
  '<': (left, right) => isOrdered(left, right) && !areEqual(left, right),
  '<=': isOrdered,
  '>': (left, right) => isOrdered(right, left) && !areEqual(left, right),
  '>=': (left, right) => isOrdered(right, left),
};

function areEqual(left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  if (left === undefined || right === undefined) {
    return false;
  }
  if (left.N !== undefined && right.N !== undefined) {
    return Number(left.N) === Number(right.N);
  }
  return left.S === undefined ? JSON.stringify(left) === JSON.stringify(right) : left.S === right.S;
}

/** Whether the left value is not above the right one; values of different types have no order. */
function isOrdered(left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  if (left?.N !== undefined && right?.N !== undefined) {
    return Number(left.N) <= Number(right.N);
  }
  return (
    left?.S !== undefined &&
    right?.S !== undefined &&
    Buffer.compare(Buffer.from(left.S), Buffer.from(right.S)) <= 0
  );
}
