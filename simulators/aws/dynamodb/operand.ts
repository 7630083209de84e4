import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { LedgerItem } from '../../../functions/ledger/ledgerTable.ts';
import type { Tokens } from './tokens.ts';

/** What an expression is read with: the item, and what its placeholders stand for. */
export interface Scope {
  readonly item: LedgerItem;
  readonly names: Readonly<Record<string, string>>;
  readonly values: LedgerItem;
}

/** Where an attribute is, e.g. `['holders', '#run']`; placeholders are not replaced. */
export type Path = readonly string[];

/** Gives a value; `undefined` if there is no such attribute. */
export type Operand = (scope: Scope) => AttributeValue | undefined;

/** @throws Error when no path is next */
export function readPath(tokens: Tokens): Path {
  const parts = [tokens.next()];
  while (tokens.pass('.')) {
    parts.push(tokens.next());
  }
  return parts;
}

/** The names of a path's attributes. @throws Error for a placeholder that stands for nothing */
export function namesOf(path: Path, { names }: Scope): readonly string[] {
  return path.map((part) => {
    const name = part.startsWith('#') ? names[part] : part;
    if (name === undefined) {
      throw new Error(`The placeholder ${part} has no name`);
    }
    return name;
  });
}

export function valueAt(path: Path, scope: Scope): AttributeValue | undefined {
  const [first = '', ...further] = namesOf(path, scope);
  return further.reduce<AttributeValue | undefined>((value, name) => value?.M?.[name], scope.item[first]);
}

/** A path, a placeholder of a value, `size(path)` or `if_not_exists(path, operand)`. */
export function readOperand(tokens: Tokens): Operand {
  const word = tokens.peek() ?? '';
  if (word.startsWith(':')) {
    const name = tokens.next();
    return ({ values }) => {
      const value = values[name];
      if (value === undefined) {
        throw new Error(`The placeholder ${name} has no value`);
      }
      return value;
    };
  }
  if (tokens.peekSecond() === '(' && (word === 'SIZE' || word === 'IF_NOT_EXISTS')) {
    tokens.next();
    tokens.expect('(');
    const path = readPath(tokens);
    const operand = word === 'SIZE' ? sizeAt(path) : orElse(path, tokens);
    tokens.expect(')');
    return operand;
  }
  const path = readPath(tokens);
  return (scope) => valueAt(path, scope);
}

function orElse(path: Path, tokens: Tokens): Operand {
  tokens.expect(',');
  const otherwise = readOperand(tokens);
  return (scope) => valueAt(path, scope) ?? otherwise(scope);
}

function sizeAt(path: Path): Operand {
  return (scope) => {
    const value = valueAt(path, scope);
    const size = value === undefined ? undefined : sizeOf(value);
    return size === undefined ? undefined : { N: String(size) };
  };
}

function sizeOf({ S, B, M, L, SS, NS }: AttributeValue): number | undefined {
  if (S !== undefined) {
    return Buffer.byteLength(S);
  }
  return M === undefined ? (B ?? L ?? SS ?? NS)?.length : Object.keys(M).length;
}
