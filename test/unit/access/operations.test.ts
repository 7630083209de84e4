import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../functions/access/operation.ts';
import { operations } from '../../../functions/access/operations.ts';
import { performerOfRequest } from '../../../functions/mavera/actions/actionPerformers.ts';
import { actionKinds } from '../../../functions/triggers/actions.ts';

const all: readonly Operation[] = Object.values(operations);

describe('the catalogue of operations', () => {
  it('has the call of each action, and no other change at Mavera', () => {
    const changes = all.filter(({ system, level }) => system === 'mavera' && level !== 'read');
    const kinds = changes.map(({ method, path }) => {
      const filled = path.replace('{id}', 'p-1');
      return method === 'GET' ? undefined : performerOfRequest({ method, path: filled })?.kind;
    });
    expect([...kinds].sort()).toEqual([...actionKinds].sort());
  });

  it('reads with GET alone', () => {
    for (const { method, level, hasBody } of all) {
      expect(level === 'read').toBe(method === 'GET');
      expect(hasBody).toBe(method !== 'GET');
    }
  });

  it('has each method and path of a system once', () => {
    const calls = all.map(({ system, method, path }) => `${system} ${method} ${path}`);
    expect(new Set(calls).size).toBe(calls.length);
  });

  it('deletes nothing and suppresses nobody', () => {
    expect(all.filter(({ path }) => /regulation|delete|suppress/i.test(path))).toEqual([]);
  });
});
