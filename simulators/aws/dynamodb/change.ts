import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { LedgerItem } from '../../../functions/ledger/ledgerTable.ts';
import { namesOf, type Operand, type Path, readOperand, readPath, type Scope, valueAt } from './operand.ts';
import { Tokens } from './tokens.ts';

/** Makes the changed item; all values come from the item as it was. */
export type Change = (scope: Scope) => LedgerItem;

/** One change: a path, and its new value; `undefined` removes the attribute. */
interface Step {
  readonly path: Path;
  readonly value: Operand;
}

const known = new Map<string, Change>();

/**
 * Reads an update expression of the ledger: SET with `+` and `-`, if_not_exists, REMOVE, ADD of numbers and to string sets, DELETE
 * from string sets.
 *
 * @throws Error for what the ledger does not use
 */
export function changeOf(expression: string): Change {
  const before = known.get(expression);
  if (before !== undefined) {
    return before;
  }
  const tokens = new Tokens(expression);
  const steps: Step[] = [];
  while (tokens.peek() !== undefined) {
    const readStep = clauses[tokens.next().toUpperCase()];
    if (readStep === undefined) {
      throw tokens.unexpected();
    }
    do {
      steps.push(readStep(tokens));
    } while (tokens.pass(','));
  }
  const change: Change = (scope) => {
    const item: Record<string, AttributeValue> = { ...scope.item };
    for (const { path, value } of steps) {
      put(item, namesOf(path, scope), value(scope));
    }
    return item;
  };
  known.set(expression, change);
  return change;
}

const clauses: Readonly<Record<string, (tokens: Tokens) => Step>> = {
  SET: (tokens) => {
    const path = readPath(tokens);
    tokens.expect('=');
    const first = readOperand(tokens);
    const sign = tokens.pass('+') ? 1 : tokens.pass('-') ? -1 : 0;
    if (sign === 0) {
      return { path, value: required(first) };
    }
    const second = readOperand(tokens);
    return { path, value: (scope) => sum(required(first)(scope), required(second)(scope), sign) };
  },
  REMOVE: (tokens) => ({ path: readPath(tokens), value: () => undefined }),
  ADD: (tokens) => {
    const path = readPath(tokens);
    const operand = readOperand(tokens);
    return { path, value: (scope) => added(valueAt(path, scope), operand(scope)) };
  },
  DELETE: (tokens) => {
    const path = readPath(tokens);
    const operand = readOperand(tokens);
    return { path, value: (scope) => without(valueAt(path, scope), operand(scope)) };
  },
};

function required(operand: Operand): Operand {
  return (scope) => {
    const value = operand(scope);
    if (value === undefined) {
      throw validationError('The provided expression refers to an attribute that does not exist in the item');
    }
    return value;
  };
}

function sum(
  one: AttributeValue | undefined,
  other: AttributeValue | undefined,
  sign: number,
): AttributeValue {
  return { N: String(Number(one?.N) + sign * Number(other?.N)) };
}

function added(found: AttributeValue | undefined, more: AttributeValue | undefined): AttributeValue {
  return more?.SS === undefined
    ? sum(found ?? { N: '0' }, more, 1)
    : { SS: [...new Set([...(found?.SS ?? []), ...more.SS])] };
}

function without(
  found: AttributeValue | undefined,
  less: AttributeValue | undefined,
): AttributeValue | undefined {
  const left = (found?.SS ?? []).filter((member) => less?.SS?.includes(member) !== true);
  return left.length === 0 ? undefined : { SS: left };
}

function put(
  item: Record<string, AttributeValue>,
  [name = '', ...inner]: readonly string[],
  value: AttributeValue | undefined,
): void {
  if (inner.length > 0) {
    const map = item[name]?.M;
    if (map === undefined) {
      throw validationError('The document path provided in the update expression is invalid for update');
    }
    const changed = { ...map };
    put(changed, inner, value);
    item[name] = { M: changed };
  } else if (value === undefined) {
    delete item[name];
  } else {
    item[name] = value;
  }
}

function validationError(message: string): Error {
  return Object.assign(new Error(message), { name: 'ValidationException' });
}
