import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../functions/access/decide.ts';
import type { Agent, Grants } from '../../../functions/access/grants.ts';
import {
  accessLevels,
  allows,
  type Operation,
  type OperationRequest,
} from '../../../functions/access/operation.ts';
import { type OperationName, operations } from '../../../functions/access/operations.ts';

const names = Object.keys(operations) as OperationName[];
const agents: readonly Agent[] = ['trigger/a', 'trigger/b', 'pull/a', 'operator/forget'];
const resources = [...new Set(Object.values(operations).map((one) => `${one.system}.${one.resource}`))];

const name = fc.constantFrom(...names);
const agent = fc.constantFrom(...agents);
const level = fc.constantFrom(...accessLevels);
const grants = fc.dictionary(
  agent,
  fc.dictionary(fc.constantFrom(...resources), level),
) as fc.Arbitrary<Grants>;

/** What a hostile builder may put into an id. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '..',
    '.',
    '../..',
    '%2e%2e',
    '..%2f',
    'a/b',
    'a?b=c',
    'a#b',
    'https://evil.example/',
    '//evil.example',
    '@evil.example',
    'a\\b',
    'x\r\nauthorization: y',
    '__proto__',
  ),
);

/** A request that fits an operation. */
function fitting(operation: Operation): OperationRequest {
  const ids = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, id]) => [id, 'x1']);
  return { path: Object.fromEntries(ids), ...(operation.hasBody ? { body: {} } : {}) };
}

describe('the access decision', () => {
  it('allows a call exactly when the agent has been granted the level on the resource', () => {
    fc.assert(
      fc.property(agent, name, grants, (who, what, granted) => {
        const operation = operations[what];
        const has =
          (granted[who] as Readonly<Record<string, 'off'>> | undefined)?.[
            `${operation.system}.${operation.resource}`
          ] ?? 'off';
        const { kind } = decide(who, what, fitting(operation), granted);
        expect(kind).toBe(allows(has, operation.level) ? 'allowed' : 'refused');
      }),
    );
  });

  it('refuses everything without grants, whatever is asked', () => {
    fc.assert(
      fc.property(fc.string(), fc.oneof(name, fc.string()), fc.anything(), (who, what, request) => {
        const decision = decide(who as Agent, what, request as OperationRequest, {});
        expect(decision.kind).toBe('refused');
      }),
    );
  });

  it('refuses what the grants say in another way than with a level', () => {
    fc.assert(
      fc.property(name, fc.anything(), (what, odd) => {
        fc.pre(!accessLevels.some((known) => known === odd));
        const { system, resource } = operations[what];
        for (const granted of [
          odd,
          { 'trigger/a': odd },
          { 'trigger/a': { [`${system}.${resource}`]: odd } },
        ]) {
          const decision = decide('trigger/a', what, fitting(operations[what]), granted as Grants);
          expect(decision).toMatchObject({ kind: 'refused', reason: 'not_granted' });
        }
      }),
    );
  });

  it('never grants more when a grant is taken away', () => {
    fc.assert(
      fc.property(agent, name, grants, agent, (who, what, granted, removed) => {
        const { [removed]: _, ...less } = granted;
        const request = fitting(operations[what]);
        fc.pre(decide(who, what, request, granted).kind === 'refused');
        expect(decide(who, what, request, less).kind).toBe('refused');
      }),
    );
  });
});

describe('a builder that tries to escape', () => {
  const all: Grants = {
    'trigger/a': Object.fromEntries(resources.map((resource) => [resource, 'full'])),
  };

  it('reaches the granted path of the granted system and nothing else', () => {
    fc.assert(
      fc.property(name, fc.array(hostile, { minLength: 4, maxLength: 4 }), (what, values) => {
        const operation: Operation = operations[what];
        const ids = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, id]) => id ?? '');
        const query = Object.fromEntries(
          (operation.query ?? []).slice(0, 2).map((key, i) => [key, values[i]]),
        );
        const request = {
          ...fitting(operation),
          path: Object.fromEntries(ids.map((id, i) => [id, values[i + 2]])),
          query,
        } as OperationRequest;
        const decision = decide('trigger/a', what, request, all);
        if (decision.kind === 'refused') {
          expect(decision.reason).toBe('request_invalid');
          return;
        }
        const url = new URL(`https://api.example/base${decision.path}`);
        const pattern = operation.path.replace(/\./g, '\\.').replace(/\{\w+\}/g, '([^/]+)');
        const found = new RegExp(`^/base${pattern}$`).exec(url.pathname);
        expect(url.origin).toBe('https://api.example');
        expect(url.hash).toBe('');
        expect(found?.slice(1).map(decodeURIComponent)).toEqual(ids.map((_, i) => values[i + 2]));
        expect(Object.fromEntries(url.searchParams)).toEqual(query);
      }),
    );
  });

  it.each([
    ['a member of the request', { headers: { authorization: 'x' } }],
    ['a full URL', { url: 'https://evil.example' }],
    ['another method', { method: 'DELETE' }],
    ['a value of the path that the operation does not have', { path: { id: 'p-1', more: '/x' } }],
    ['a value of the query that the operation does not have', { query: { expand: 'all' } }],
    ['an id that is an object', { path: { id: { toString: () => 'p-1' } } }],
    ['an id that is inherited', { path: Object.create({ id: 'p-1' }) }],
    ['a path that is null', { path: null }],
  ])('is refused with %s', (_, change) => {
    const request = { path: { id: 'p-1' }, body: {}, ...change } as unknown as OperationRequest;
    expect(decide('trigger/a', 'updatePersona', request, all)).toMatchObject({
      kind: 'refused',
      reason: 'request_invalid',
    });
  });

  it('does not find its values in the words of a refusal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 12 }), (value) => {
        const request = { path: { id: `\n${value}` }, body: {}, query: { [value]: value } };
        const decision = decide('trigger/a', 'updatePersona', request, all);
        expect(decision.kind === 'refused' && decision.detail.includes(value)).toBe(false);
      }),
    );
  });
});
