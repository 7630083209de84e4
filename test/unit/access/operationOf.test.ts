import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operationOf, operationPath } from '../../../functions/access/decide.ts';
import type { Operation } from '../../../functions/access/operation.ts';
import { type OperationName, operations } from '../../../functions/access/operations.ts';

const names = (Object.keys(operations) as OperationName[]).filter(
  (name) => operations[name].system === 'mavera',
);
const nameOf = (method: string, path: string, body?: object): string | undefined =>
  operationOf('mavera', { method, path, ...(body === undefined ? {} : { body: { ...body } }) })?.name;

describe('the operation of a request that the ledger has recorded', () => {
  it.each([
    ['POST', '/mave/chat', 'askMave'],
    ['GET', '/mave/threads?limit=100', 'listMaveThreads'],
    ['GET', '/mave/threads?limit=100&cursor=eyJpZCI6MX0%3D', 'listMaveThreads'],
    ['GET', '/mave/threads/t_1', 'readMaveThread'],
    ['POST', '/personas', 'createPersona'],
    ['PATCH', '/personas/p%2F1', 'updatePersona'],
    ['GET', "/personas?limit=100&search=O'Hara%20(VIP)!*", 'listPersonas'],
    ['POST', '/responses', 'respondAs'],
    ['POST', '/focus-groups', 'createFocusGroup'],
    ['GET', '/focus-groups/fg_1', 'readFocusGroup'],
    ['GET', '/focus-groups?limit=100', 'listFocusGroups'],
    ['GET', '/usage', 'readUsage'],
    ['GET', '/workspaces?limit=2', 'listWorkspaces'],
  ])('%s %s is %s', (method, path, name) => {
    expect(nameOf(method, path, method === 'GET' ? undefined : {})).toBe(name);
  });

  it('is found again for whatever ids, cursors and names stand in its path', () => {
    // Of an id, the path may have everything but control characters.
    const id = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 50 })
      .filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text) && text !== '.' && text !== '..');
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
      .filter((one) => one.isWellFormed());
    fc.assert(
      fc.property(fc.constantFrom(...names), id, fc.array(text, { maxLength: 3 }), (name, value, values) => {
        const operation: Operation = operations[name];
        const path = operation.path.replace('{id}', encodeURIComponent(value));
        const query = (operation.query ?? [])
          .slice(0, values.length)
          .map((key, index) => `${key}=${encodeURIComponent(values[index] ?? '')}`);
        const written = [path, ...(query.length === 0 ? [] : [query.join('&')])].join('?');
        const body = operation.hasBody ? { body: {} } : {};
        const known = operationOf('mavera', { method: operation.method, path: written, ...body });
        expect(known?.name).toBe(name);
        const built = operationPath(operation, known?.request ?? {});
        expect(built.ok && decodeURIComponent(built.path)).toBe(decodeURIComponent(written));
      }),
    );
  });
});

describe('a request that is not written as its operation is', () => {
  it.each([
    ['GET', '/personas/../usage'],
    ['GET', '/personas/..'],
    ['PATCH', '/personas/.'],
    ['PATCH', '/personas/%2e%2e'],
    ['PATCH', '/personas/p%2f1'],
    ['PATCH', '/personas/p_1/'],
    ['PATCH', '/personas//p_1'],
    ['PATCH', '/personas/'],
    ['PATCH', '/personas/p_1?expand=all'],
    ['PATCH', '/personas/p_1#x'],
    ['PATCH', '/personas/p 1'],
    ['PATCH', '/personas/p\\1'],
    ['PATCH', '/personas/%zz'],
    ['PATCH', '//evil.example/personas/p_1'],
    ['PATCH', 'https://evil.example/personas/p_1'],
    ['DELETE', '/personas/p_1'],
    ['GET', '/personas?limit=1&limit=100'],
    ['GET', '/personas?limit=1?search=x'],
    ['GET', '/personas?expand=all'],
    ['GET', '/personas?'],
    ['GET', '/personas?limit'],
    ['GET', '/personas?__proto__=x'],
    ['GET', '/usage/../admin'],
    ['GET', '/admin'],
    ['get', '/usage'],
    ['POST', '/batch'],
  ])('%s %s is no operation', (method, path) => {
    expect(nameOf(method, path, method === 'GET' || method === 'get' ? undefined : {})).toBeUndefined();
  });

  it('has a body where none is sent, or none where one is', () => {
    expect(nameOf('GET', '/usage', {})).toBeUndefined();
    expect(nameOf('POST', '/mave/chat')).toBeUndefined();
  });
});
